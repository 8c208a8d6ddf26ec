/** Decides whether and when a job is retried after an error. */
import { type Duration, type Kind, Refused } from "../job.ts";
import { parseDuration } from "./parse-duration.ts";
import { isTransientError } from "./transient-error.ts";

/** The wait before each retry, for kinds without `retryAfter`. */
const defaultRetryAfter: readonly Duration[] = ["1s", "4s", "16s"];

/** @returns the maximum number of retries of a job of this kind */
export function maxRetries(kind: Kind): number {
  return (kind.retryAfter ?? defaultRetryAfter).length;
}

/**
 * @param retries number of earlier retries of the job
 * @returns the wait before the next retry, ms; undefined if the job fails for good
 */
export function retryDelay(kind: Kind, retries: number, error: unknown): number | undefined {
  if (error instanceof Refused || !(kind.retryOn ?? isTransientError)(error)) return undefined;
  const wait = (kind.retryAfter ?? defaultRetryAfter)[retries];
  return wait === undefined ? undefined : parseDuration(wait);
}
