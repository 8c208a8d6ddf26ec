/** A Postgres of its own for one test or file, which may be stopped, killed and started again. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startCluster } from "../../server/commands/scaled/cluster.ts";
import { freePort } from "../../server/commands/scaled/free-port.ts";
import type { TestBackend } from "../support/backends.ts";
import { createDatabase } from "../support/postgres.ts";
import { isAlive, signalTo } from "../support/processes.ts";

/** As `pg_ctl stop -m` names them: every session is told to end, or cut off as in a crash. */
export type Manner = "fast" | "immediate";

export interface OwnPostgres extends TestBackend {
  /** Resolves when no process of it is left. */
  stop(manner: Manner): Promise<void>;
  /** Resolves when it takes connections again. */
  start(): Promise<void>;
}

/** It goes with the database that `create` gives. */
export async function ownPostgres(): Promise<OwnPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "headway-own-postgres-"));
  // The user that Postgres runs as has to get through to its folder.
  await chmod(folder, 0o755);
  const place = { dir: join(folder, "data"), port: await freePort(), keep: true };
  let cluster = await startCluster(place);

  async function stop(manner: Manner): Promise<void> {
    signalTo(cluster.pid, manner === "fast" ? "SIGINT" : "SIGQUIT");
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
