import type { Limits } from "./limits.ts";

/**
 * A limit of the account or the person is reached: nothing was started, stored or opened.
 * `server/presenters/limit-text.ts` makes a sentence of it.
 */
export class LimitReached extends Error {
  override name = "LimitReached";
  readonly limit: keyof Limits;
  /** The limit itself. */
  readonly max: number;
  /** Another try may succeed after this time, whole seconds. */
  readonly retryAfterSeconds: number;
  constructor(limit: keyof Limits, max: number, retryAfterSeconds: number) {
    super(`Limit reached: ${limit} ${max}`);
    this.limit = limit;
    this.max = max;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
