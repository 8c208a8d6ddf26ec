/** Decides whether and when a job is retried after an error. */
import { type Duration, type Kind, Refused, TryAgain } from "../job.ts";
import { KindError } from "./kind-error.ts";
import { parseDuration } from "./parse-duration.ts";
import { isTransientError } from "./transient-error.ts";

/** The wait before each retry, for kinds without `retryAfter`. */
const defaultRetryAfter: readonly Duration[] = ["1s", "4s", "16s"];

/** @returns the maximum number of retries of a job of this kind */
export function maxRetries(kind: Kind): number {
  return (kind.retryAfter ?? defaultRetryAfter).length;
}

/** A longer wait that a service asks for counts as this one, because it may be a mistake. */
const maxHeaderWaitMs = 86_400_000;
/** The sum of requested waits without a new checkpoint that use up no retry. */
export const maxRequestedMs = 86_400_000;
/** A shorter wait uses up a retry like any other: it would not keep a job from calling in a busy loop. */
const minRequestedMs = 1_000;
/** A shorter wait adds this to the sum, so that a job tries at most 1,440 times. */
const minCountedMs = 60_000;
/** Ten years: dates stay within what databases and JSON can hold. */
const maxWaitMs = 315_360_000_000;

export interface RetryWait {
  ms: number;
  /** The sum of requested waits with this one, which uses up no retry. Missing for a retry. */
  requestedMs?: number;
}

/**
 * @param used what the job used up since its last checkpoint: retries, and the sum of requested waits
 * @param now ms since 1970, for a `Retry-After` with a date
 * @returns the wait before the next try; undefined if the job fails for good
 */
export function retryWait(
  kind: Kind,
  used: { retries: number; requestedMs: number },
  error: unknown,
  now = Date.now(),
): RetryWait | undefined {
  if (error instanceof KindError) return undefined;
  if (error instanceof Refused || !(kind.retryOn ?? isTransientError)(error)) return undefined;
  if (maxRetries(kind) === 0) return undefined;
  const ms = requestedWait(error, now);
  if (ms !== undefined && ms >= minRequestedMs) {
    const requestedMs = used.requestedMs + Math.max(ms, minCountedMs);
    if (requestedMs <= maxRequestedMs) return { ms, requestedMs };
  }
  const wait = (kind.retryAfter ?? defaultRetryAfter)[used.retries];
  return wait === undefined ? undefined : { ms: ms ?? parseDuration(wait) };
}

function requestedWait(error: unknown, now: number): number | undefined {
  if (!(error instanceof TryAgain)) return undefined;
  if (error.after !== undefined) return Math.min(parseDuration(error.after), maxWaitMs);
  const ms = error.retryAfter === undefined ? undefined : parseRetryAfter(error.retryAfter, now);
  return ms === undefined ? undefined : Math.min(ms, maxHeaderWaitMs);
}

/** @returns ms, undefined if it is neither a number of seconds nor a date */
function parseRetryAfter(header: string, now: number): number | undefined {
  const text = header.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const at = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
