import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
import { Refused } from "../../job.ts";

/**
 * Looks for a program as the shell does.
 * @param cwd the folder to which a command with a slash is relative
 * @throws Refused with the advice to install it
 */
export async function assertInstalled(command: string, cwd: string, path = ""): Promise<void> {
  const folders = command.includes("/") ? [cwd] : path.split(delimiter);
  for (const folder of folders) if (await isProgram(resolve(folder, command))) return;
  throw new Refused(
    `The program ${command} is not installed where this job ran`,
    `Install ${command} on every machine that runs workers, then retry the job.`,
  );
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
