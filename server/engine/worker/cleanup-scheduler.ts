/** Cleans up after ended jobs: removes their working files and calls the `cleanup` of their kind. */
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { Log } from "../../log.ts";
import { cleanupTimeoutMs, hasCleanup } from "../run/cleanup.ts";
import type { LocalJobs } from "./local-jobs.ts";
import type { RunnerPool, TaskExit } from "./runner-pool.ts";
import { claimCleanups, cleanupLeaseMs, deferCleanup } from "./sweep.ts";

/** Maximum number of concurrent cleanups from `startDue`, because each gets a process of its own. */
const maxConcurrent = 2;

export interface CleanupScheduler {
  /** Cleans up after a job that just ended in this worker. Resolves when that is done or interrupted. */
  clean(ended: JobRow): Promise<void>;
  /** Starts some of the cleanups that are due because no worker finished them. */
  startDue(): Promise<void>;
}

export function createCleanupScheduler(parts: {
  backend: Backend;
  catalog: Catalog;
  log: Log;
  pool: Pick<RunnerPool, "run">;
  local: LocalJobs;
}): CleanupScheduler {
  const { backend, catalog, log, pool, local } = parts;
  let running = 0;

  async function clean(row: JobRow, alone = false): Promise<void> {
    const kind = catalog.get(row.kind);
    const timeoutMs = cleanupTimeoutMs(kind);
    if (hasCleanup(kind, row)) await deferCleanup(backend, row.id, timeoutMs + cleanupLeaseMs);
    const job = local.add(row, timeoutMs);
    let exit: TaskExit;
    try {
      exit = await pool.run(row, "clean", alone);
    } finally {
      local.remove(row.id);
    }
    const { requestedStop } = job;
    const isInterrupted = requestedStop !== undefined && requestedStop.reason !== "deadline";
    if (isInterrupted || !isOwnFault(row, exit)) return;
    log.error({ job: row.id }, "cleanup did not end by itself; it is not called again");
    await pool.run(row, "discard");
  }

  return {
    clean: (ended) => clean(ended),
    async startDue() {
      if (running >= maxConcurrent) return;
      for (const row of await claimCleanups(backend, maxConcurrent - running)) {
        if (local.has(row.id)) continue;
        running++;
        void clean(row, true)
          .catch((error) => log.warn({ job: row.id, err: error }, "it is cleaned up later"))
          .finally(() => running--);
      }
    },
  };
}

/** A shared process may have ended because of another job; then the cleanup is tried again. */
function isOwnFault({ id }: JobRow, exit: TaskExit): boolean {
  if (exit.how === "killed") return exit.killedFor === id;
  return exit.how === "crashed" && exit.alone;
}
