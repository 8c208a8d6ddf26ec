/** Opens a database with an account, and starts worker and web processes, for one test. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFailed, onTestFinished } from "vitest";
import type { Backend } from "../../../server/backend/backend.ts";
import { openBackend } from "../../../server/backend/open.ts";
import type { EventRow, JobRow } from "../../../server/backend/schema.ts";
import { type Catalog, readCatalog } from "../../../server/catalog.ts";
import { start } from "../../../server/engine/start/start.ts";
import { finalStatuses, isFinal } from "../../../server/engine/status.ts";
import {
  type Application,
  type Environment,
  jobsDirs,
  type Place,
  startApplication,
  startWorker,
} from "../application.ts";
import { addAccount, type TestBackend } from "../backends.ts";
import type { Launched } from "../processes.ts";

export interface Scene {
  backend: Backend;
  /** The address of the database. */
  url: string;
  catalog: Catalog;
  place: Place;
  worker(more?: Environment): Promise<Launched>;
  /** Starts web and worker as `npm start` does. */
  application(more?: Environment): Promise<Application>;
  /** Starts a job, by default in `account-1`. @returns its id */
  start(kind: string, input: object, accountId?: string): Promise<string>;
  job(id: string): Promise<JobRow>;
  events(id: string): Promise<EventRow[]>;
  /** Waits until the job's row meets the condition. @throws with the last row after `ms` */
  until(id: string, isMet: (row: JobRow) => boolean, ms?: number): Promise<JobRow>;
  /** Waits until the job has finished. */
  ended(id: string, ms?: number): Promise<JobRow>;
}

export async function openScene(
  which: TestBackend,
  { maxRunning = 5, storageDir }: { maxRunning?: number; storageDir?: string } = {},
): Promise<Scene> {
  const launched: Launched[] = [];
  const onLaunch = (process: Launched) => void launched.push(process);
  const created = await which.create({ migrated: true });
  const folder = storageDir ?? created.dir;
  const isSqlite = which.name === "sqlite";
  const place = { databaseUrl: isSqlite ? undefined : created.url, storageDir: folder };
  const url = isSqlite ? join(folder, "headway.db") : created.url;
  const backend = await openBackend(url);
  await backend.migrate();
  await addAccount(backend, "account-1", maxRunning);
  const catalog = await readCatalog(jobsDirs);

  onTestFailed(() => {
    for (const { pid, output } of launched) process.stderr.write(`Process ${pid}:\n${output()}`);
  });
  onTestFinished(async () => {
    await Promise.all(launched.map((each) => each.stop()));
    await backend.close();
    await created.remove();
  }, 60_000);

  const scene: Scene = {
    backend,
    url,
    catalog,
    place,
    worker: (more) => startWorker(place, more, onLaunch),
    application: (more) => startApplication(place, { NODE_ENV: "production", ...more }, onLaunch),
    async start(kind, input, accountId = "account-1") {
      const request = { kind, input: { ...input }, accountId, userId: "person-1" };
      return (await start(backend, catalog, request)).job.id;
    },
    job: (id) =>
      backend.db.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirstOrThrow(),
    events: (id) =>
      backend.db
        .selectFrom("job_events")
        .selectAll()
        .where("job_id", "=", id)
        .orderBy("seq")
        .execute(),
    async until(id, isMet, ms = 120_000) {
      for (const deadline = Date.now() + ms; ; await sleep(25)) {
        const row = await scene.job(id);
        if (isMet(row)) return row;
        if (Date.now() > deadline) throw new Error(`Not within ${ms} ms: ${JSON.stringify(row)}`);
      }
    },
    ended: (id, ms) => scene.until(id, (row) => isFinal(row.status), ms),
  };
  return scene;
}

/** Whether the events are numbered 1, 2, 3 and so on. */
export function isGapless(events: EventRow[]): boolean {
  return events.every(({ seq }, at) => seq === at + 1);
}

/** The events of a final status, of which a finished job has exactly one. */
export function finalEvents(events: EventRow[]): EventRow[] {
  return events.filter(({ type }) => (finalStatuses as string[]).includes(type));
}
