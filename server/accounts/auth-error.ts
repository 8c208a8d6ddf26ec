import { isAPIError } from "better-auth/api";

/** Whether better-auth refused what it was given, in contrast to not being able to look. */
export function isRefusal(error: unknown, ...codes: string[]): boolean {
  if (!isAPIError(error) || error.statusCode >= 500) return false;
  return codes.length === 0 || codes.includes(error.body?.code ?? "");
}

/**
 * For `catch`: better-auth reports a database that is gone as an error of its own.
 * @throws always, the error below it where there is one
 */
export function unwrapped(error: unknown): never {
  throw isAPIError(error) && error.cause ? error.cause : error;
}
