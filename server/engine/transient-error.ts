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
  "08003", // connection does not exist
  "08006", // connection failure
  "25P03", // idle in transaction session timeout
  "55P03", // lock not available
  "57014", // query cancelled, such as by its timeout
]);

/** Errors of the driver itself have no code. */
const transientMessages = new Set([
  "Connection terminated",
  "Connection terminated unexpectedly",
  "Connection terminated due to connection timeout",
  "Client has encountered a connection error and is not queryable",
  "timeout exceeded when trying to connect",
  "timeout expired",
  // Occurs once for each connection after a migration.
  "cached plan must not change result type",
]);

/** Whether an error is temporary, which makes it retryable for kinds without `retryOn`. */
export function isTransientError(error: unknown): boolean {
  if (error instanceof TryAgain) return true;
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { code?: unknown };
    if (typeof code === "string" && transientCodes.has(code)) return true;
    if (transientMessages.has(each.message)) return true;
  }
  return false;
}
