/** What the system does for itself from time to time; the queue says when, and which worker. */
import { deleteExpiredSessions } from "../accounts/sessions.ts";
import type { Backend, MaintenanceTask } from "../backend/backend.ts";
import { repairRunningCounters } from "../engine/worker/running-counters.ts";
import type { Log } from "../log.ts";
import type { Storage } from "../storage/storage.ts";
import { removeExpiredFiles, removeUnusedUploads } from "./old-files.ts";
import { removeOldJobs } from "./old-jobs.ts";
import { inSmallSteps } from "./small-steps.ts";

const day = 86_400_000;
/** Long enough to map a file's columns after a weekend, and to start a failed import again. */
const uploadsKeptMs = 7 * day;

/** Jobs want the slot that it takes; hundreds of thousands of rows go in that time. */
const longestMs = 5 * 60_000;

export function createChores(parts: {
  backend: Backend;
  storage: Storage;
  log: Log;
  /** Jobs are kept for this long after their end. */
  retentionDays: number;
}): MaintenanceTask[] {
  const { backend, log, retentionDays } = parts;
  const chores: MaintenanceTask[] = [
    { name: "counters", everyMinutes: 1, run: () => repairRunningCounters(backend) },
    { name: "files", everyMinutes: 10, run: (signal) => removeExpiredFiles(parts, signal) },
    {
      name: "uploads",
      everyMinutes: 60,
      run: (signal) => removeUnusedUploads(parts, uploadsKeptMs, signal),
    },
    {
      name: "jobs",
      everyMinutes: 60,
      run: (signal) => removeOldJobs(parts, retentionDays * day, signal),
    },
    {
      name: "sessions",
      everyMinutes: 60,
      run: (signal) => inSmallSteps(backend, signal, (tx, most) => deleteExpiredSessions(tx, most)),
    },
  ];
  return chores.map((chore) => ({ ...chore, run: (signal) => told(chore, signal, log) }));
}

/** What fails is done the next time; one that takes too long goes on then, too. */
async function told(chore: MaintenanceTask, signal: AbortSignal, log: Log): Promise<void> {
  const limit = AbortSignal.timeout(Math.min(longestMs, chore.everyMinutes * 55_000));
  try {
    await chore.run(AbortSignal.any([signal, limit]));
    log.debug({ chore: chore.name }, "chore done");
  } catch (error) {
    log.error({ err: error, chore: chore.name }, "chore failed");
  }
}
