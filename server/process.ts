/**
 * For entry points: a mistake of the person who starts the process is one clear line and exit 1,
 * anything else keeps its stack.
 */
import { BadSetting } from "./config.ts";

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

function exitWith(message: string): never {
  process.stderr.write(`Headway cannot start: ${message}\n`);
  process.exit(1);
}
