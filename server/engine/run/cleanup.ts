/** What an ended job left behind: its kind cleans up, and its working files go. */
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Duration, JobContext, Kind } from "../../job.ts";
import type { Log } from "../../log.ts";
import type { Storage } from "../../storage/storage.ts";
import { parseDuration } from "../parse-duration.ts";
import { removeUnlistedFiles } from "./files.ts";
import { type Run, Stopped } from "./run.ts";

const defaultTimeout: Duration = "60s";
/** What could not be removed is tried again after so long. */
const retryAfterMs = 15_000;

/** Time that the kind's `cleanup` has. */
export function cleanupTimeoutMs(kind: Kind | undefined): number {
  return parseDuration(kind?.cleanupTimeout ?? defaultTimeout);
}

/** Whether there is more to do than to remove files. */
export function hasCleanup(kind: Kind | undefined, ended: JobRow): boolean {
  return kind?.cleanup !== undefined && ended.status !== "done";
}

/**
 * Safe to repeat. A failing `cleanup` is told in the log, as is one that stopped when its time was
 * used up; neither is called again.
 * @returns false where it was interrupted: then it is
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
 * Its working files go, and bytes that it left and does not list; where they cannot yet, the sweep
 * comes back to them.
 */
export async function removeLeftovers(
  place: { backend: Backend; storage: Storage; log: Log },
  id: string,
): Promise<void> {
  const { backend, storage, log } = place;
  let cleanup_due_at: number | null = null;
  try {
    await storage.deleteAll(`jobs/${id}/scratch/`);
    await removeUnlistedFiles(place, id);
  } catch (error) {
    cleanup_due_at = backend.now() + retryAfterMs;
    log.warn({ job: id, err: error }, "working files cannot be removed yet");
  }
  await backend.db.updateTable("jobs").set({ cleanup_due_at }).where("id", "=", id).execute();
}
