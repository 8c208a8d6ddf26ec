/** The secret that signs sessions and links if `SECRET` is not set. */
import { randomBytes } from "node:crypto";
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "./config-error.ts";

export const minSecretLength = 32;

/**
 * Reads the secret, and creates it on the first start, so that sessions and links survive a restart.
 * @throws ConfigError if the file is truncated or cannot be created
 */
export function readOrCreateSecret(storageDir: string): string {
  const path = join(storageDir, "secret");
  if (!existsSync(path)) createSecret(path);
  const secret = readFileSync(path, "utf8").trim();
  if (secret.length >= minSecretLength) return secret;
  throw new ConfigError(
    `${path} is shorter than ${minSecretLength} characters: delete it, and a new one is created`,
  );
}

/** Makes this the secret of the folder, atomically. */
export function replaceSecret(storageDir: string, secret: string): void {
  const path = join(storageDir, "secret");
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, secret, { mode: 0o600, flush: true });
  renameSync(partial, path);
}

/** Creates the file atomically, so that a full disk or a kill leaves no truncated secret. */
function createSecret(path: string): void {
  const partial = `${path}.${process.pid}`;
  try {
    writeFileSync(partial, randomBytes(32).toString("base64url"), { mode: 0o600 });
    linkSync(partial, path);
  } catch (error) {
    // Another process created the file first. Its secret is used.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw new ConfigError(`${path} cannot be created: ${(error as Error).message}`);
    }
  } finally {
    rmSync(partial, { force: true });
  }
}
