/** Cleaning up behind ended jobs: each in a time of its own, and at no neighbour's cost where it can be. */
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { Log } from "../../log.ts";
import { cleanupTimeoutMs, hasCleanup } from "../run/cleanup.ts";
import type { LocalJobs } from "./local-jobs.ts";
import type { RunnerPool, TaskExit } from "./runner-pool.ts";
import { claimCleanups, cleanupLeaseMs, deferCleanup } from "./sweep.ts";

/** Of what others left: each gets a process for itself, and none of these is in a hurry. */
const maxConcurrent = 2;

export interface CleanupScheduler {
  /** Behind a job that has just ended here; resolves when that is done, or left to the sweep. */
  clean(ended: JobRow): Promise<void>;
  /** Begins with some of what nobody has cleaned up. */
  sweep(): Promise<void>;
}

export function createCleanupScheduler(parts: {
  backend: Backend;
  catalog: Catalog;
  log: Log;
  pool: Pick<RunnerPool, "run">;
  local: LocalJobs;
}): CleanupScheduler {
  const { backend, catalog, log, pool, local } = parts;
  let busy = 0;

  async function clean(row: JobRow, alone = false): Promise<void> {
    const kind = catalog.get(row.kind);
    const timeMs = cleanupTimeoutMs(kind);
    if (hasCleanup(kind, row)) await deferCleanup(backend, row.id, timeMs + cleanupLeaseMs);
    const mine = local.add(row, timeMs);
    let exit: TaskExit;
    try {
      exit = await pool.run(row, "clean", alone);
    } finally {
      local.remove(row.id);
    }
    const interrupted = mine.requestedStop !== undefined && mine.requestedStop.why !== "deadline";
    if (interrupted || !isOwnFault(row, exit)) return;
    log.error({ job: row.id }, "cleanup did not end by itself; it is not called again");
    await pool.run(row, "discard");
  }

  return {
    clean: (ended) => clean(ended),
    async sweep() {
      if (busy >= maxConcurrent) return;
      for (const row of await claimCleanups(backend, maxConcurrent - busy)) {
        if (local.has(row.id)) continue;
        busy++;
        void clean(row, true)
          .catch((error) => log.warn({ job: row.id, err: error }, "it is cleaned up later"))
          .finally(() => busy--);
      }
    },
  };
}

/** A process that others were in may have ended because of them; then there is another time. */
function isOwnFault({ id }: JobRow, exit: TaskExit): boolean {
  if (exit.how === "killed") return exit.killedFor === id;
  return exit.how === "crashed" && exit.alone;
}
