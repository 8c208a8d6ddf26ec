/** What signs sessions and links where nobody set it. */
import { randomBytes } from "node:crypto";
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BadSetting } from "./bad-setting.ts";

export const shortestSecret = 32;

/**
 * Made once and kept, so that sessions and links outlive a restart.
 * @throws BadSetting where it was cut off, or cannot be made
 */
export function keptSecret(storageDir: string): string {
  const path = join(storageDir, "secret");
  if (!existsSync(path)) makeSecret(path);
  const secret = readFileSync(path, "utf8").trim();
  if (secret.length >= shortestSecret) return secret;
  throw new BadSetting(
    `${path} is shorter than ${shortestSecret} characters: remove it, and another is made`,
  );
}

/** Written beside and put there whole: a full disk or a kill leaves no half of a secret. */
function makeSecret(path: string): void {
  const beside = `${path}.${process.pid}`;
  try {
    writeFileSync(beside, randomBytes(32).toString("base64url"), { mode: 0o600 });
    linkSync(beside, path);
  } catch (error) {
    // Another process was first; its secret is the one.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw new BadSetting(`${path} cannot be made: ${(error as Error).message}`);
    }
  } finally {
    rmSync(beside, { force: true });
  }
}
