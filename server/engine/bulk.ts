/**
 * Applies one action to many jobs that a person may act on. Each action is safe to repeat. It counts
 * all jobs that were changed after `since`, so that the count is right after an interruption.
 */
import type { Backend } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";
import { LimitReached } from "../limit-reached.ts";
import type { StartLimits } from "../limits.ts";
import { ActionRefused } from "./action-refused.ts";
import { cancel } from "./cancel.ts";
import { InvalidInput, MissingSettings, UnknownKind } from "./start/request.ts";
import { retry } from "./start/retry.ts";
import { isFinal } from "./status.ts";

export interface BulkContext {
  backend: Backend;
  catalog: Catalog;
  /** The user's id. */
  by: string;
  /** Ms since 1970. */
  since: number;
  /** For retries. Default: no limits. */
  limits?: StartLimits;
}

/** @returns the number of changed jobs */
export type BulkAction = (context: BulkContext, jobs: readonly JobRow[]) => Promise<number>;

/** Cancels active jobs, except those of kinds that are not cancellable. */
export const cancelMany: BulkAction = async (context, jobs) => {
  let count = 0;
  for (const { id, status } of jobs) {
    if (isFinal(status) && status !== "cancelled") continue;
    if (await cancelOne(context, id)) count++;
  }
  return count;
};

/** @returns false if the job was cancelled before, has ended otherwise or is not cancellable */
async function cancelOne(context: BulkContext, id: string): Promise<boolean> {
  try {
    const { cancel_requested_at: at, status } = await cancel(context, id, context.by);
    return at !== null && at >= context.since && (!isFinal(status) || status === "cancelled");
  } catch (error) {
    if (error instanceof ActionRefused) return false;
    throw error;
  }
}

/** Hides ended jobs from the list. They are deleted after their retention. */
export const clearMany: BulkAction = async ({ backend, since }, jobs) => {
  const ended = jobs.filter(({ status }) => isFinal(status));
  const listed = ended.filter(({ hidden_at }) => hidden_at === null).map(({ id }) => id);
  if (listed.length > 0) await hide(backend, listed);
  return ended.filter(({ hidden_at }) => hidden_at === null || hidden_at >= since).length;
};

async function hide(backend: Backend, ids: readonly string[]): Promise<void> {
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

/**
 * Retries ended jobs, each of them once.
 * @throws LimitReached with `limits`; jobs before that one are retried
 */
export const retryMany: BulkAction = async (context, jobs) => {
  const { count, stopped } = await retryUpToLimit(context, jobs);
  if (stopped) throw stopped.by;
  return count;
};

/**
 * Retries ended jobs, each of them once, until one of the `limits` is reached.
 * @returns the number of retried jobs, and the first job that a limit stopped, if any
 */
export async function retryUpToLimit(
  context: BulkContext,
  jobs: readonly JobRow[],
): Promise<{ count: number; stopped?: { at: JobRow; by: LimitReached } }> {
  let count = 0;
  for (const job of jobs) {
    try {
      if (isFinal(job.status) && (await retryOne(context, job))) count++;
    } catch (error) {
      if (error instanceof LimitReached) return { count, stopped: { at: job, by: error } };
      throw error;
    }
  }
  return { count };
}

/** @returns false if the job was retried before or cannot be retried */
async function retryOne(context: BulkContext, job: JobRow): Promise<boolean> {
  try {
    const started = await retry(context, job, context.by, { limits: context.limits });
    return !started.repeated || started.job.created_at >= context.since;
  } catch (error) {
    // An uploaded file or the kind may have been removed. This must not stop the other retries.
    if (
      error instanceof InvalidInput ||
      error instanceof UnknownKind ||
      error instanceof MissingSettings
    )
      return false;
    throw error;
  }
}
