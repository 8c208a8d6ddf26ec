/** Runs commands such as `npm run backup` on the database and the folder of a test. */
import { join } from "node:path";
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
