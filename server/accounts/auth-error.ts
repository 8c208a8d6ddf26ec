import { isAPIError } from "better-auth/api";

/** Whether better-auth refused what it was given for one of these reasons. */
export function hasErrorCode(error: unknown, codes: readonly string[]): boolean {
  return isAPIError(error) && codes.includes(error.body?.code ?? "");
}

/**
 * For `catch`: better-auth reports a database that is gone as an error of its own.
 * @throws always, the error below it where there is one
 */
export function rethrowCause(error: unknown): never {
  throw isAPIError(error) && error.cause ? error.cause : error;
}
