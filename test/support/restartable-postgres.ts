/** A Postgres server that a test can stop, crash and start again. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../server/commands/scaled/free-port.ts";
import { startCluster } from "../../server/commands/scaled/postgres-cluster.ts";
import type { TestBackend } from "./backends.ts";
import { createDatabase } from "./postgres.ts";
import { isAlive, signalTo } from "./processes.ts";

/** The modes of `pg_ctl stop -m`: `fast` ends every session, `immediate` crashes the server. */
export type ShutdownMode = "fast" | "immediate";

export interface RestartablePostgres extends TestBackend {
  /** Resolves when the server has exited. */
  stop(mode: ShutdownMode): Promise<void>;
  /** Resolves when the server accepts connections. */
  start(): Promise<void>;
}

/** Removing the database that `create` returns also removes the server. */
export async function createRestartablePostgres(): Promise<RestartablePostgres> {
  const folder = await mkdtemp(join(tmpdir(), "headway-own-postgres-"));
  // As root, Postgres runs as another user, who needs access to the folder.
  await chmod(folder, 0o755);
  const place = { dir: join(folder, "data"), port: await freePort(), persistent: true };
  let cluster = await startCluster(place);

  async function stop(mode: ShutdownMode): Promise<void> {
    signalTo(cluster.pid, mode === "fast" ? "SIGINT" : "SIGQUIT");
    while (isAlive(cluster.pid)) await sleep(10);
  }

  return {
    name: "postgres",
    async create() {
      return {
        url: await createDatabase(cluster.url, "headway_test"),
        dir: folder,
        async remove() {
          await stop("immediate");
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
    stop,
    async start() {
      cluster = await startCluster(place);
    },
  };
}
