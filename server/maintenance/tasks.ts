/** The periodic maintenance tasks. The queue runs each on one worker at a time. */
import { deleteExpiredTokens } from "../accounts/api-tokens.ts";
import { deleteExpiredRateLimits } from "../accounts/rate-limit-store.ts";
import { deleteSecurityEvents } from "../accounts/security-log.ts";
import { deleteExpiredSessions } from "../accounts/sessions.ts";
import type { Backend, MaintenanceTask } from "../backend/backend.ts";
import { indexContacts } from "../contacts/search/index-contacts.ts";
import { repairRunningCounters } from "../engine/worker/running-counters.ts";
import type { Log } from "../log.ts";
import type { Storage } from "../storage/storage.ts";
import {
  deleteExpiredFiles,
  deleteExpiredPartialUploads,
  deleteUnusedUploads,
} from "./expired-files.ts";
import { deleteExpiredJobs } from "./expired-jobs.ts";
import { runInBatches } from "./run-in-batches.ts";
import { deleteScheduleEvents } from "./schedule-events.ts";

const day = 86_400_000;
/** Long enough to map the columns of a file after a weekend, and to retry a failed import. */
const unusedUploadRetentionMs = 7 * day;

/** The security log is kept for a year even where jobs are not: a theft is often noticed late. */
const minSecurityLogDays = 365;

/** A task occupies a slot for jobs, so it stops after this time and continues in its next run. */
const maxRunMs = 5 * 60_000;

export function createMaintenanceTasks(parts: {
  backend: Backend;
  storage: Storage;
  log: Log;
  /** Days from the end of a job to its deletion. */
  retentionDays: number;
}): MaintenanceTask[] {
  const { backend, log, retentionDays } = parts;
  const tasks: MaintenanceTask[] = [
    { name: "counters", everyMinutes: 1, run: () => repairRunningCounters(backend) },
    { name: "contact-search", everyMinutes: 1, run: (signal) => indexContacts(backend, signal) },
    { name: "files", everyMinutes: 10, run: (signal) => deleteExpiredFiles(parts, signal) },
    {
      name: "partial-uploads",
      everyMinutes: 10,
      run: (signal) => deleteExpiredPartialUploads(parts, signal),
    },
    {
      name: "uploads",
      everyMinutes: 60,
      run: (signal) => deleteUnusedUploads(parts, unusedUploadRetentionMs, signal),
    },
    {
      name: "jobs",
      everyMinutes: 60,
      run: (signal) => deleteExpiredJobs(parts, retentionDays * day, signal),
    },
    {
      name: "sessions",
      everyMinutes: 60,
      run: (signal) => runInBatches(backend, signal, (tx, max) => deleteExpiredSessions(tx, max)),
    },
    {
      name: "rate-limits",
      everyMinutes: 60,
      run: (signal) =>
        runInBatches(backend, signal, ({ db }, max) =>
          deleteExpiredRateLimits({ db, now: backend.now }, max),
        ),
    },
    {
      name: "tokens",
      everyMinutes: 60,
      run: (signal) =>
        runInBatches(backend, signal, ({ db }, max) =>
          deleteExpiredTokens({ db, now: backend.now }, max),
        ),
    },
    {
      name: "schedule-events",
      everyMinutes: 60,
      run: (signal) =>
        runInBatches(backend, signal, (tx, max) =>
          deleteScheduleEvents(tx, backend.now() - retentionDays * day, max),
        ),
    },
    {
      name: "security-log",
      everyMinutes: 60,
      run: (signal) => {
        const days = Math.max(retentionDays, minSecurityLogDays);
        return runInBatches(backend, signal, (tx, max) =>
          deleteSecurityEvents(tx, backend.now() - days * day, max),
        );
      },
    },
  ];
  return tasks.map((task) => ({ ...task, run: (signal) => runLogged(task, signal, log) }));
}

/** Logs the outcome. A failed task, and one that runs out of time, continues in its next run. */
async function runLogged(task: MaintenanceTask, signal: AbortSignal, log: Log): Promise<void> {
  const limit = AbortSignal.timeout(Math.min(maxRunMs, task.everyMinutes * 55_000));
  try {
    await task.run(AbortSignal.any([signal, limit]));
    log.debug({ task: task.name }, "maintenance task done");
  } catch (error) {
    log.error({ err: error, task: task.name }, "maintenance task failed");
  }
}
