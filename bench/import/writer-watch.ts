/**
 * Measures how long other connections hold the write lock of a SQLite file: it tries to take the lock
 * every half millisecond. A change of `data_version` in between separates two transactions.
 */
import Database from "better-sqlite3";
import { serveCalls } from "../support/program.ts";

export type WriterWatch = typeof writerWatch;

const pollMs = 0.5;
/** A longer gap between two polls is discarded, because this process itself had to wait. */
const maxGapMs = 2;
const sliceMs = 50;

const pause = new Int32Array(new SharedArrayBuffer(4));
let watching = false;
let durations: number[] = [];

const writerWatch = serveCalls({
  async start({ file }: { file: string }): Promise<void> {
    const database = new Database(file, { timeout: 0 });
    watching = true;
    durations = [];
    void watch(database);
  },
  /** @returns the durations for which transactions held the lock, ms */
  stop(_: object): number[] {
    watching = false;
    return durations;
  },
});

async function watch(database: Database.Database): Promise<void> {
  const begin = database.prepare("begin immediate");
  const end = database.prepare("rollback");
  let since: number | undefined;
  let last = 0;
  let version = versionOf(database);

  function poll(): void {
    const at = performance.now();
    const isLocked = !isFree();
    const now = isLocked ? versionOf(database) : version;
    const isSame = since !== undefined && now === version && at - last <= maxGapMs;
    if (since !== undefined && !isSame) durations.push(last - since);
    if (!isLocked) since = undefined;
    else if (!isSame) since = at;
    version = now;
    last = at;
  }

  function isFree(): boolean {
    try {
      begin.run();
      end.run();
      return true;
    } catch {
      return false;
    }
  }

  while (watching) {
    for (const until = performance.now() + sliceMs; performance.now() < until; ) {
      poll();
      Atomics.wait(pause, 0, 0, pollMs);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  database.close();
}

/** A number that changes with each commit of another connection. */
function versionOf(database: Database.Database): number {
  return database.pragma("data_version", { simple: true }) as number;
}
