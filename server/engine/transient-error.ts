import { TryAgain } from "../job.ts";

/** Codes of system and database errors that are temporary, such as lost connections and held locks. */
const transientCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETDOWN",
  "ENETRESET",
  "ECONNABORTED",
  // The client of `fetch`: https://undici.nodejs.org/#/docs/api/Errors
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_SOCKET",
  "UND_ERR_CLOSED",
  "UND_ERR_DESTROYED",
  "SQLITE_BUSY",
  "SQLITE_FULL",
  "ENOSPC",
  // Postgres: https://www.postgresql.org/docs/current/errcodes-appendix.html
  "40001", // serialization failure
  "40P01", // deadlock detected
  "53100", // disk full
  "53300", // too many connections
  "57P01", // admin shutdown
  "57P02", // crash shutdown
  "57P03", // cannot connect now
  "08000", // connection exception
  "08001", // no connection could be made
  "08003", // connection does not exist
  "08004", // the server rejected the connection
  "08006", // connection failure
  // PgBouncer reports the loss of its server with this code, such as "server conn crashed?".
  "08P01",
  "25P03", // idle in transaction session timeout
  "55P03", // lock not available
  "57014", // query cancelled, such as by its timeout
]);

/** Errors of the driver itself have no code. */
export const lostConnectionMessages: ReadonlySet<string> = new Set([
  "Connection terminated",
  "Connection terminated unexpectedly",
  "Connection terminated due to connection timeout",
  "Client has encountered a connection error and is not queryable",
  "Client was closed and is not queryable",
  "Postgres connection has been discarded",
  "timeout exceeded when trying to connect",
  "timeout expired",
]);

/** Occurs once for each connection after a migration. */
export const outdatedPlanMessage = "cached plan must not change result type";

/** Whether an error is temporary, which makes it retryable for kinds without `retryOn`. */
export function isTransientError(error: unknown): boolean {
  if (error instanceof TryAgain) return true;
  return causesOf(error).some(
    ({ name, code, message }) =>
      // The reason of `AbortSignal.timeout`.
      name === "TimeoutError" ||
      (typeof code === "string" && transientCodes.has(code)) ||
      lostConnectionMessages.has(message) ||
      message === outdatedPlanMessage,
  );
}

/** @returns the error, its cause, the cause of that and so on; empty if no Error was thrown */
export function causesOf(error: unknown): (Error & { code?: unknown })[] {
  const causes: Error[] = [];
  for (let each = error; each instanceof Error && !causes.includes(each); each = each.cause) {
    causes.push(each);
  }
  return causes;
}
