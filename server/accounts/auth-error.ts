import { isAPIError } from "better-auth/api";

/** Whether better-auth threw an error with one of these codes. */
export function hasErrorCode(error: unknown, codes: readonly string[]): boolean {
  return isAPIError(error) && codes.includes(error.body?.code ?? "");
}

/**
 * For `.catch()`: better-auth wraps errors of the database in its own.
 * @throws the cause of the error, or the error itself
 */
export function rethrowCause(error: unknown): never {
  throw isAPIError(error) && error.cause ? error.cause : error;
}
