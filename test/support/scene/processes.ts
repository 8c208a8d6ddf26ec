/** Opens a database with an account, and starts worker and web processes. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, onTestFailed, onTestFinished } from "vitest";
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

interface SceneOptions {
  maxRunning?: number;
  storageDir?: string;
}

/** Opens a scene for one test. */
export async function openScene(which: TestBackend, options: SceneOptions = {}): Promise<Scene> {
  const { scene, printOutputs, close } = await open(which, options);
  onTestFailed(printOutputs);
  onTestFinished(close, 60_000);
  return scene;
}

/**
 * Opens a scene for all tests of a file or a group, which saves the start of its processes.
 * @param prepare starts them
 * @returns a function that returns the scene, for use in tests
 */
export function useScene(
  which: TestBackend,
  options: SceneOptions,
  prepare: (scene: Scene) => Promise<unknown>,
): () => Scene {
  let opened: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    opened = await open(which, options);
    await prepare(opened.scene);
  });
  beforeEach(() => onTestFailed(opened.printOutputs));
  afterAll(() => opened.close());
  return () => opened.scene;
}

async function open(which: TestBackend, { maxRunning = 5, storageDir }: SceneOptions) {
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

  function printOutputs(): void {
    for (const { pid, output } of launched) process.stderr.write(`Process ${pid}:\n${output()}`);
  }
  async function close(): Promise<void> {
    await Promise.all(launched.map((each) => each.stop()));
    await backend.close();
    await created.remove();
  }

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
  return { scene, printOutputs, close };
}

/** Whether the events are numbered 1, 2, 3 and so on. */
export function isGapless(events: EventRow[]): boolean {
  return events.every(({ seq }, at) => seq === at + 1);
}

/** The events of a final status, of which a finished job has exactly one. */
export function finalEvents(events: EventRow[]): EventRow[] {
  return events.filter(({ type }) => (finalStatuses as string[]).includes(type));
}
