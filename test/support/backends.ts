/** Runs the same tests on both backends: `describe.each(backends)`. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { createDatabase } from "./postgres.ts";

export interface TestBackend {
  name: "sqlite" | "postgres";
  /** Creates an empty database. @returns its address, a folder of its own, and how to remove both */
  create(): Promise<{ url: string; dir: string; remove(): Promise<void> }>;
}

const both: TestBackend[] = [
  {
    name: "sqlite",
    async create() {
      const dir = await mkdtemp(join(tmpdir(), "headway-"));
      return {
        url: join(dir, "headway.db"),
        dir,
        remove: () => rm(dir, { recursive: true, force: true }),
      };
    },
  },
  {
    name: "postgres",
    async create() {
      const dir = await mkdtemp(join(tmpdir(), "headway-"));
      const name = `test_${randomUUID().replaceAll("-", "")}`;
      return {
        url: await createDatabase(inject("postgresUrl"), name),
        dir,
        remove: () => rm(dir, { recursive: true, force: true }),
      };
    },
  },
];

/** SQLite alone if no Postgres was started, as for `npm run mutate`. */
export const backends: TestBackend[] = both.filter(
  ({ name }) => name === "sqlite" || inject("postgresUrl") !== "",
);

/** Opens a migrated backend with one account, and with the worker `worker-1` that may claim. */
export async function openTestBackend(which: TestBackend) {
  const { url, dir, remove } = await which.create();
  const backend = await openBackend(url);
  await backend.migrate();
  await addAccount(backend, "account-1");
  await addWorker(backend, "worker-1");
  return {
    backend,
    url,
    dir,
    another: () => openBackend(url),
    async close() {
      await backend.close();
      await remove();
    },
  };
}

/** Lists a worker that sends no heartbeats, because only listed workers may claim. */
export async function addWorker({ db, now }: Backend, id: string): Promise<void> {
  const at = now();
  await db
    .insertInto("workers")
    .values({ id, host: "test", pid: 0, last_heartbeat_at: at, started_at: at })
    .execute();
}

export async function addAccount(backend: Backend, id: string, maxRunning = 5): Promise<void> {
  await backend.db
    .insertInto("accounts")
    .values({ id, name: id, max_running_jobs: maxRunning, created_at: backend.now() })
    .execute();
}
