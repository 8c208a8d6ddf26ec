/**
 * One action for many jobs that a person may act on. Each is safe to repeat: what was done from a
 * moment on counts as done, so that a job that was interrupted counts right when it goes on.
 */
import type { Backend } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";
import { cancel } from "./cancel.ts";
import { clear } from "./clear.ts";
import { InvalidInput, UnknownKind } from "./start/request.ts";
import { retry } from "./start/retry.ts";
import { isFinal } from "./status.ts";

export interface BulkContext {
  backend: Backend;
  catalog: Catalog;
  /** The person's id. */
  by: string;
  /** Ms since 1970. */
  since: number;
}

/** @returns how many it was done with; the others are as they were */
export type BulkAction = (context: BulkContext, jobs: readonly JobRow[]) => Promise<number>;

/** What runs or waits stops; a kind that must not be stopped goes on. */
export const cancelMany: BulkAction = async ({ backend, catalog, by, since }, jobs) => {
  let count = 0;
  for (const { id, kind, status } of jobs) {
    if (isFinal(status) && status !== "cancelled") continue;
    if (catalog.get(kind)?.cancellable === false) continue;
    const { cancel_requested_at: at, status: now } = await cancel(backend, id, by);
    if (at !== null && at >= since && (!isFinal(now) || now === "cancelled")) count++;
  }
  return count;
};

/** What has ended is no longer listed. */
export const clearMany: BulkAction = async ({ backend, since }, jobs) => {
  const ended = jobs.filter(({ status }) => isFinal(status));
  const listed = ended.filter(({ hidden_at }) => hidden_at === null).map(({ id }) => id);
  if (listed.length > 0) await clear(backend, listed);
  return ended.filter(({ hidden_at }) => hidden_at === null || hidden_at >= since).length;
};

/** What has ended is started again, each once. */
export const retryMany: BulkAction = async (context, jobs) => {
  let count = 0;
  for (const job of jobs) if (isFinal(job.status) && (await retryOnce(context, job))) count++;
  return count;
};

/** @returns false where it had been started again before, or cannot be */
async function retryOnce(
  { backend, catalog, by, since }: BulkContext,
  job: JobRow,
): Promise<boolean> {
  try {
    const started = await retry(backend, catalog, job, by);
    return !started.repeated || started.job.created_at >= since;
  } catch (error) {
    // Its file or its kind may be gone; the others are started all the same.
    if (error instanceof InvalidInput || error instanceof UnknownKind) return false;
    throw error;
  }
}
