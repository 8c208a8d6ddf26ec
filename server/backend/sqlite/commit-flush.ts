/**
 * Makes commits survive a power cut. With `synchronous = normal` SQLite hands a commit to the operating
 * system and does not wait for the disk. Here one flush of the write-ahead log serves all commits before
 * it, outside of the transaction and of the event loop: waiting costs no other writer anything.
 *
 * A commit is either in the log, or a checkpoint has moved it into the database file, which SQLite
 * flushes before it reuses the log (https://sqlite.org/wal.html#performance_considerations).
 */
import { type FileHandle, open } from "node:fs/promises";

/** A power cut loses at most so much of the commits that nobody waits for. */
const maxDelayMs = 100;

export interface CommitFlush {
  /** Resolves when all commits of all processes so far are on the disk. @throws if the disk fails */
  flush(): Promise<void>;
  /** Flushes within 100 ms. Errors are left to the next `flush`. */
  flushSoon(): void;
  close(): Promise<void>;
}

/** @param path of a database file in WAL mode */
export function createCommitFlush(path: string): CommitFlush {
  // SQLite deletes the log when its last connection closes, which is later than ours.
  let log: Promise<FileHandle> | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function sync(): Promise<void> {
    log ??= open(`${path}-wal`, "r+");
    try {
      await (await log).datasync();
    } catch (error) {
      log = undefined;
      throw error;
    }
  }

  /** A flush that has begun may miss the latest commit, so it is followed by one for all who wait. */
  function flush(): Promise<void> {
    next ??= Promise.resolve(running?.catch(() => {})).then(() => {
      running = sync();
      next = undefined;
      return running;
    });
    return next;
  }

  return {
    flush,
    flushSoon() {
      timer ??= setTimeout(() => {
        timer = undefined;
        flush().catch(() => {});
      }, maxDelayMs).unref();
    },
    async close() {
      clearTimeout(timer);
      await Promise.resolve(next ?? running).catch(() => {});
      await (await log?.catch(() => undefined))?.close();
    },
  };
}
