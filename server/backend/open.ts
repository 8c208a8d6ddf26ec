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
}

/**
 * Opens a database without changing it. Creates an empty SQLite file if there is none.
 * @param url `postgres://…`, or the path of a SQLite file
 * @throws DatabaseRefused, and other errors if the file or the server cannot be reached
 */
export async function openBackend(url: string, options: OpenOptions = {}): Promise<Backend> {
  if (/^postgres(ql)?:/.test(url)) {
    const { openPostgres } = await import("./postgres/open.ts");
    return openPostgres({
      url,
      directUrl: options.listenUrl ?? url,
      statementTimeoutMs: statementTimeouts[options.statementTimeout ?? "long"],
    });
  }
  const { openSqlite } = await import("./sqlite/open.ts");
  const { mustExist = false, check = false } = options;
  return openSqlite(url, { mustExist, check });
}
