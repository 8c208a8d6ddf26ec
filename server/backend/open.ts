/** The only file that knows which backends exist. */
import type { Backend } from "./backend.ts";

/** Limits of one statement on Postgres, ms. */
const statementTimeouts = { short: 15_000, long: 300_000 };

export interface OpenOptions {
  /** An address straight to the server, if the main address leads through a pooler. */
  listenUrl?: string | null;
  /** Short for processes that people or other processes wait for. Default: long. */
  statementTimeout?: keyof typeof statementTimeouts;
  /** Refuses to create a SQLite file. */
  mustExist?: boolean;
  /** Looks for damage in a SQLite file before it is used. */
  check?: boolean;
  /** Ms by which this process is ahead of the database's clock, for tests that wait. Default 0. */
  clockShift?: () => number;
}

const noShift = () => 0;

/** Whether an address is one of Postgres. All others are paths of SQLite files. */
export function isPostgres(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}

/**
 * Opens a database without changing it. Creates an empty SQLite file if there is none.
 * @param url `postgres://…`, or the path of a SQLite file
 * @throws DatabaseRefused, and other errors if the file or the server cannot be reached
 */
export async function openBackend(url: string, options: OpenOptions = {}): Promise<Backend> {
  if (isPostgres(url)) {
    const { openPostgres } = await import("./postgres/open.ts");
    return openPostgres({
      url,
      directUrl: options.listenUrl ?? url,
      statementTimeoutMs: statementTimeouts[options.statementTimeout ?? "long"],
      clockShift: options.clockShift ?? noShift,
    });
  }
  const { openSqlite } = await import("./sqlite/open.ts");
  const { mustExist = false, check = false, clockShift = noShift } = options;
  return openSqlite(url, { mustExist, check, clockShift });
}

/**
 * Whether other processes have this database open.
 * @param url see `openBackend`. This process must not have opened it
 */
export async function isDatabaseInUse(url: string): Promise<boolean> {
  if (isPostgres(url)) {
    return (await import("./postgres/is-in-use.ts")).isInUse(url);
  }
  return (await import("./sqlite/is-in-use.ts")).isInUse(url);
}

/** @returns the address of a database without its password */
export function databaseName(url: string): string {
  if (!isPostgres(url)) return url;
  const address = new URL(url);
  address.password = "";
  return address.href;
}
