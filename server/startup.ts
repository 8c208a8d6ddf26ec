/** For entry points: a mistake of the operator ends the process with one line and exit code 1. */
import type { Backend } from "./backend/backend.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { Log } from "./log.ts";

export function exitOnConfigError<T>(start: () => T): T {
  try {
    return start();
  } catch (error) {
    if (error instanceof ConfigError) exit(error.message);
    throw error;
  }
}

/** @param what the beginning of the message: "the database cannot be opened" */
export async function exitOnFailure<T>(work: Promise<T>, what: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    exit(`${what}: ${(error as Error).message}`);
  }
}

/** Tells an operator who starts web and worker separately that SQLite works on one machine only. */
export function logDatabaseLocation(
  { spansMachines }: Pick<Backend, "spansMachines">,
  { databaseUrl }: Pick<Config, "databaseUrl">,
  log: Log,
): void {
  if (spansMachines) return;
  const message = `web and workers share ${databaseUrl} on this machine only`;
  log.info(`${message}; for more machines set DATABASE_URL=postgres://…`);
}

function exit(message: string): never {
  process.stderr.write(`Headway cannot start: ${message}\n`);
  process.exit(1);
}
