/**
 * Waits for the work, but no longer than `ms`. The work itself continues after a timeout.
 * @throws TimeoutError, and errors of the work
 */
export async function withTimeout<T>(ms: number, work: Promise<T>): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => timeout.reject(new TimeoutError(ms)), ms);
  try {
    return await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Carries the code of a network timeout, so that callers retry it like one. */
class TimeoutError extends Error {
  override name = "TimeoutError";
  readonly code = "ETIMEDOUT";
  constructor(ms: number) {
    super(`No answer within ${ms} ms`);
  }
}
