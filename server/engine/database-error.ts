/** Tells errors of the database from those of kinds, whose jobs must not fail because of an outage. */
import { isConnectionError } from "../backend/connection-error.ts";
import {
  causesOf,
  isTransientError,
  lostConnectionMessages,
  outdatedPlanMessage,
} from "./transient-error.ts";

/** Codes of Postgres and its poolers that mean: the server or the way to it is gone for now. */
const outageCode = /^(08...|57P0.|53300)$/;
const diskFullCodes = new Set(["53100", "SQLITE_FULL"]);

/**
 * Whether the connection to the database was lost, could not be made, or has to be made anew because
 * the newer version that is taking over has changed a table.
 */
export function isOutage(error: unknown): boolean {
  return causesOf(error).some(
    (each) =>
      isConnectionError(each) ||
      lostConnectionMessages.has(each.message) ||
      each.message === outdatedPlanMessage ||
      (isFromPostgres(each) && outageCode.test(String(each.code))),
  );
}

/** @returns a sentence for people in place of the text of the database; undefined for other errors */
export function databaseErrorText(error: unknown): string | undefined {
  const fromDatabase = causesOf(error).find(isFromDatabase);
  if (!fromDatabase && !isOutage(error)) return undefined;
  if (diskFullCodes.has(String(fromDatabase?.code))) return "The disk is full";
  return isTransientError(error)
    ? "The database was unavailable"
    : "The database reported an error. We've logged it.";
}

interface DatabaseError extends Error {
  code?: unknown;
  /** Postgres and its poolers send it with each error. */
  severity?: unknown;
}

function isFromDatabase(error: DatabaseError): boolean {
  return isFromPostgres(error) || error.name === "SqliteError";
}

function isFromPostgres({ code, severity }: DatabaseError): boolean {
  return typeof code === "string" && typeof severity === "string";
}
