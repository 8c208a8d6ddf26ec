/** Runs commands such as `npm run backup` on the database and the folder of a test. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { compileCacheDir } from "../../server/config.ts";
import { type Environment, environment, type Place } from "./application.ts";
import { type Launched, launch } from "./processes.ts";

const folder = join(import.meta.dirname, "../../server/commands");

export type CommandName = "backup" | "doctor" | "move" | "restore";

export function launchCommandOf(
  place: Place,
  name: CommandName,
  args: string[],
  more: Environment = {},
): Launched {
  return launch(join(folder, `${name}.ts`), environment(place, more), args);
}

/** @returns its whole output and its exit code */
export async function runCommandOf(
  place: Place,
  name: CommandName,
  args: string[] = [],
  more: Environment = {},
): Promise<{ output: string; code: number | null }> {
  const launched = launchCommandOf(place, name, args, more);
  const { code } = await launched.exited;
  return { output: launched.output(), code };
}

/**
 * Runs a command such as `npm run token` on the SQLite database of a folder, to its end.
 * @returns its outputs and its exit code
 */
export function runCommandIn(
  storageDir: string,
  name: "reset-second-factors" | "token",
  args: string[],
): { stdout: string; stderr: string; status: number | null } {
  const cache = { NODE_COMPILE_CACHE: compileCacheDir };
  const place = { DATABASE_URL: "", STORAGE_DIR: storageDir, LOG_LEVEL: "" };
  const env = { ...process.env, ...cache, ...place };
  const given = [join(folder, `${name}.ts`), ...args];
  return spawnSync(process.execPath, given, { env, encoding: "utf8" });
}
