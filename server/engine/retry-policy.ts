/** Whether, when and how often a job is tried again after an error. */
import { type Duration, type Kind, Refused } from "../job.ts";
import { parseDuration } from "./parse-duration.ts";
import { isTransientError } from "./transient-error.ts";

/** The wait before each retry, for kinds without `retryAfter`. */
const defaultRetryAfter: readonly Duration[] = ["1s", "4s", "16s"];

/** How many times a job of this kind is retried. */
export function maxRetries(kind: Kind): number {
  return (kind.retryAfter ?? defaultRetryAfter).length;
}

/**
 * @param retries how often the job was retried before
 * @returns the wait before the next retry, ms; undefined if the job fails for good
 */
export function retryDelay(kind: Kind, retries: number, error: unknown): number | undefined {
  if (error instanceof Refused || !(kind.retryOn ?? isTransientError)(error)) return undefined;
  const wait = (kind.retryAfter ?? defaultRetryAfter)[retries];
  return wait === undefined ? undefined : parseDuration(wait);
}
