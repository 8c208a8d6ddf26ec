/**
 * For entry points: a mistake of the person who starts the process is one clear line and exit 1,
 * anything else keeps its stack.
 */
import type { Backend } from "./backend/backend.ts";
import { BadSetting } from "./bad-setting.ts";
import type { Config } from "./config.ts";
import type { Log } from "./log.ts";

export function orExit<T>(start: () => T): T {
  try {
    return start();
  } catch (error) {
    if (error instanceof BadSetting) exitWith(error.message);
    throw error;
  }
}

/** @param what failed, for people: "the database cannot be opened" */
export async function orExitWith<T>(work: Promise<T>, what: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    exitWith(`${what}: ${(error as Error).message}`);
  }
}

/** For roles that are started one by one: who expects them to meet over a network is told. */
export function tellPlace(
  { spansMachines }: Pick<Backend, "spansMachines">,
  { databaseUrl }: Pick<Config, "databaseUrl">,
  log: Log,
): void {
  if (spansMachines) return;
  const file = `web and workers meet in ${databaseUrl}, on this machine alone`;
  log.info(`${file}; for more machines set DATABASE_URL=postgres://…`);
}

function exitWith(message: string): never {
  process.stderr.write(`Headway cannot start: ${message}\n`);
  process.exit(1);
}
