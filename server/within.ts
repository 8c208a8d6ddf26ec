/** @throws where the work has not ended after so many ms; the work itself goes on. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Late(ms)), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Named as the system names it, for that is what it most often is. */
class Late extends Error {
  override name = "Late";
  readonly code = "ETIMEDOUT";
  constructor(ms: number) {
    super(`No answer within ${ms} ms`);
  }
}
