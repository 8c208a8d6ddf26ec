/**
 * Applies one action to many jobs that a person may act on. Each action is safe to repeat, and counts
 * jobs that it changed since `since`, so that a bulk job counts right after an interruption.
 */
import type { Backend } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";
import { ActionRefused } from "./action-refused.ts";
import { cancel } from "./cancel.ts";
import { InvalidInput, UnknownKind } from "./start/request.ts";
import { retry } from "./start/retry.ts";
import { isFinal } from "./status.ts";

export interface BulkContext {
  backend: Backend;
  catalog: Catalog;
  /** The user's id. */
  by: string;
  /** Ms since 1970. */
  since: number;
}

/** @returns how many jobs were changed; the others stay as they were */
export type BulkAction = (context: BulkContext, jobs: readonly JobRow[]) => Promise<number>;

/** Cancels what is active. Jobs of kinds that are not cancellable go on. */
export const cancelMany: BulkAction = async (context, jobs) => {
  let count = 0;
  for (const { id, status } of jobs) {
    if (isFinal(status) && status !== "cancelled") continue;
    if (await cancelOne(context, id)) count++;
  }
  return count;
};

/** @returns false where the job had been cancelled before, ended otherwise or must not be stopped */
async function cancelOne(context: BulkContext, id: string): Promise<boolean> {
  try {
    const { cancel_requested_at: at, status } = await cancel(context, id, context.by);
    return at !== null && at >= context.since && (!isFinal(status) || status === "cancelled");
  } catch (error) {
    if (error instanceof ActionRefused) return false;
    throw error;
  }
}

/** Hides what has ended from the list. */
export const clearMany: BulkAction = async ({ backend, since }, jobs) => {
  const ended = jobs.filter(({ status }) => isFinal(status));
  const listed = ended.filter(({ hidden_at }) => hidden_at === null).map(({ id }) => id);
  if (listed.length > 0) await clear(backend, listed);
  return ended.filter(({ hidden_at }) => hidden_at === null || hidden_at >= since).length;
};

/** Hides ended jobs from the list; retention deletes them in its own time. */
async function clear(backend: Backend, ids: readonly string[]): Promise<void> {
  await backend.write(async (tx) => {
    const hidden = await tx.db
      .updateTable("jobs")
      .set({ hidden_at: backend.now() })
      .where("id", "in", ids)
      .where("finished_at", "is not", null)
      .where("hidden_at", "is", null)
      .returning("id")
      .execute();
    for (const { id } of hidden) tx.notify(id);
  });
}

/** Retries what has ended, each job once. */
export const retryMany: BulkAction = async (context, jobs) => {
  let count = 0;
  for (const job of jobs) if (isFinal(job.status) && (await retryOne(context, job))) count++;
  return count;
};

/** @returns false where the job had been retried before, or cannot be */
async function retryOne(context: BulkContext, job: JobRow): Promise<boolean> {
  try {
    const started = await retry(context, job, context.by);
    return !started.repeated || started.job.created_at >= context.since;
  } catch (error) {
    // Its file or its kind may be gone; the other jobs are retried all the same.
    if (error instanceof InvalidInput || error instanceof UnknownKind) return false;
    throw error;
  }
}
