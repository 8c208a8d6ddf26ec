/**
 * Notices that the database file was deleted or replaced. SQLite does not: it goes on in the deleted
 * file, and all that it writes is gone with the last process that has the file open.
 */
import { statSync } from "node:fs";
import { DatabaseLost } from "../database-lost.ts";

const checkIntervalMs = 1_000;

export interface FileIdentity {
  /** Aborts once the file is lost. Its reason is a DatabaseLost. */
  readonly lost: AbortSignal;
  /** Takes a few microseconds. @throws DatabaseLost */
  check(): void;
  close(): void;
}

/** @param path of a file that was just opened. Checks it every second, until it is closed */
export function createFileIdentity(path: string): FileIdentity {
  const opened = identityOf(path);
  const abort = new AbortController();
  const { signal: lost } = abort;

  function check(): void {
    lost.throwIfAborted();
    const now = identityOf(path);
    if (now === opened) return;
    const what = now === undefined ? "was deleted" : "was replaced";
    abort.abort(
      new DatabaseLost(
        `${path} ${what} while it was in use: nothing is accepted any more. Stop Headway, put the file back (npm run restore -- FILE) and start again`,
      ),
    );
    lost.throwIfAborted();
  }

  const timer = setInterval(() => {
    if (lost.aborted) return clearInterval(timer);
    try {
      check();
    } catch {
      // `lost` tells whoever listens.
    }
  }, checkIntervalMs);
  timer.unref();
  return { lost, check, close: () => clearInterval(timer) };
}

/** @returns undefined if there is no such file */
function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}
