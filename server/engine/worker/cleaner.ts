/** Cleaning up behind ended jobs: each in a time of its own, and at no neighbour's cost where it can be. */
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { Log } from "../../log.ts";
import { callsCleanup, cleanupMs } from "../run/clean.ts";
import type { LocalJobs } from "./local-jobs.ts";
import type { Departure, RunnerPool } from "./runner-pool.ts";
import { claimCleanups, cleanupLeaseMs, deferCleanup } from "./sweep.ts";

/** Of what others left: each gets a process for itself, and none of these is in a hurry. */
const mostAtOnce = 2;

export interface Cleaner {
  /** Behind a job that has just ended here; resolves when that is done, or left to the sweep. */
  clean(ended: JobRow): Promise<void>;
  /** Begins with some of what nobody has cleaned up. */
  sweep(): Promise<void>;
}

export function createCleaner(parts: {
  backend: Backend;
  catalog: Catalog;
  log: Log;
  pool: Pick<RunnerPool, "run">;
  local: LocalJobs;
}): Cleaner {
  const { backend, catalog, log, pool, local } = parts;
  let busy = 0;

  async function clean(row: JobRow, alone = false): Promise<void> {
    const kind = catalog.get(row.kind);
    const timeMs = cleanupMs(kind);
    if (callsCleanup(kind, row)) await deferCleanup(backend, row.id, timeMs + cleanupLeaseMs);
    const mine = local.add(row, timeMs);
    let departure: Departure;
    try {
      departure = await pool.run(row, "clean", alone);
    } finally {
      local.remove(row.id);
    }
    const interrupted = mine.asked !== undefined && mine.asked.why !== "deadline";
    if (interrupted || !isToBlame(row, departure)) return;
    log.error({ job: row.id }, "cleanup did not end by itself; it is not called again");
    await pool.run(row, "discard");
  }

  return {
    clean: (ended) => clean(ended),
    async sweep() {
      if (busy >= mostAtOnce) return;
      for (const row of await claimCleanups(backend, mostAtOnce - busy)) {
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
function isToBlame({ id }: JobRow, departure: Departure): boolean {
  if (departure.how === "killed") return departure.culprit === id;
  return departure.how === "crashed" && departure.alone;
}
