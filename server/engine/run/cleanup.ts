/** Cleans up after an ended job: calls the `cleanup` of its kind and deletes its working files. */
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Duration, JobContext, Kind } from "../../job.ts";
import type { Log } from "../../log.ts";
import type { Storage } from "../../storage/storage.ts";
import { isBackupRunning } from "../is-backup-running.ts";
import { parseDuration } from "../parse-duration.ts";
import { removeUnlistedFiles } from "./files.ts";
import { type Run, Stopped } from "./run.ts";

const defaultTimeout: Duration = "60s";
/** Files that cannot be deleted are tried again after this time. */
const retryAfterMs = 15_000;

/** Limit of the kind's `cleanup`. */
export function cleanupTimeoutMs(kind: Kind | undefined): number {
  return parseDuration(kind?.cleanupTimeout ?? defaultTimeout);
}

/** Whether the kind's `cleanup` is to be called. A job that is done needs none. */
export function hasCleanup(kind: Kind | undefined, ended: JobRow): boolean {
  return kind?.cleanup !== undefined && ended.status !== "done";
}

/**
 * Calls `cleanup`. If it fails or runs out of time, logs that and does not call it again.
 * @returns false if it was interrupted, and must be called again
 */
export async function runCleanup(
  { kind, row, abort: { signal } }: Run,
  job: JobContext,
  log: Log,
): Promise<boolean> {
  try {
    await kind.cleanup?.(job, JSON.parse(row.input) as never);
  } catch (error) {
    const { reason } = signal;
    if (reason instanceof Stopped && reason.reason !== "deadline") return false;
    log.error({ job: row.id, err: error }, "cleanup failed");
  }
  return true;
}

/**
 * Deletes the job's working files, and saved files without a row. If that fails, or while a backup
 * runs, the sweep tries again later.
 */
export async function removeLeftovers(
  parts: { backend: Backend; storage: Storage; log: Log },
  id: string,
): Promise<void> {
  const { backend } = parts;
  const cleanup_due_at = (await tryToRemove(parts, id)) ? null : backend.now() + retryAfterMs;
  await backend.db.updateTable("jobs").set({ cleanup_due_at }).where("id", "=", id).execute();
}

async function tryToRemove(
  parts: { backend: Backend; storage: Storage; log: Log },
  id: string,
): Promise<boolean> {
  const { backend, storage, log } = parts;
  try {
    if (await isBackupRunning(backend)) return false;
    await storage.deleteAll(`jobs/${id}/scratch/`);
    await removeUnlistedFiles(parts, id);
    return true;
  } catch (error) {
    log.warn({ job: id, err: error }, "working files cannot be removed yet");
    return false;
  }
}
