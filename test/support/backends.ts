/** Runs the same tests on both backends: `describe.each(backends)`. */
import { randomUUID } from "node:crypto";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { createDatabase, dropDatabase } from "./postgres.ts";

export interface TestBackend {
  name: "sqlite" | "postgres";
  /**
   * Creates a database, empty unless it may be migrated already.
   * @returns its address, a folder of its own, and how to remove both
   */
  create(options?: {
    migrated: boolean;
  }): Promise<{ url: string; dir: string; remove(): Promise<void> }>;
}

const both: TestBackend[] = [
  {
    name: "sqlite",
    async create({ migrated } = { migrated: false }) {
      const dir = await mkdtemp(join(tmpdir(), "headway-"));
      const url = join(dir, "headway.db");
      if (migrated) await copyFile(inject("migrated").sqlite, url);
      return {
        url,
        dir,
        remove: () => rm(dir, { recursive: true, force: true }),
      };
    },
  },
  {
    name: "postgres",
    async create({ migrated } = { migrated: false }) {
      const dir = await mkdtemp(join(tmpdir(), "headway-"));
      const name = `test_${randomUUID().replaceAll("-", "")}`;
      const cluster = inject("postgresUrl");
      const template = migrated ? inject("migrated").postgres : undefined;
      return {
        url: await createDatabase(cluster, name, template),
        dir,
        async remove() {
          await dropDatabase(cluster, name);
          await rm(dir, { recursive: true, force: true });
        },
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
  const { url, dir, remove } = await which.create({ migrated: true });
  const backend = await openBackend(url);
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
