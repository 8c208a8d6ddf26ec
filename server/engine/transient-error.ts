import { TryAgain } from "../job.ts";

/** System and database errors that pass: connections that were lost, locks that were held. */
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
  "57P01", // the server is shutting down
  "57P02",
  "57P03",
  "08000",
  "08003",
  "08006",
  "25P03", // a transaction in which nothing was done for too long
  "55P03", // a lock was held for too long
  "57014", // a statement took too long
]);

/** The driver's own errors have no code. */
const transientMessages = new Set([
  "Connection terminated",
  "Connection terminated unexpectedly",
  "Connection terminated due to connection timeout",
  "Client has encountered a connection error and is not queryable",
  "timeout exceeded when trying to connect",
  "timeout expired",
  // After a migration, once for each connection.
  "cached plan must not change result type",
]);

/** The rule for kinds that have none of their own: what passes by itself is worth another try. */
export function isTransientError(error: unknown): boolean {
  if (error instanceof TryAgain) return true;
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { code?: unknown };
    if (typeof code === "string" && transientCodes.has(code)) return true;
    if (transientMessages.has(each.message)) return true;
  }
  return false;
}
