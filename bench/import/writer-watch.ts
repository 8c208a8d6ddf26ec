/**
 * Tells how long others held a SQLite file's one writer: tries to be it, again and again, and notes
 * how long it could not. A commit in between ends one transaction and may begin the next.
 */
import Database from "better-sqlite3";
import { answer } from "../support/program.ts";

export type WriterWatch = typeof writerWatch;

const everyMs = 0.5;
/** A look later than this says nothing of the time before it: this process itself had to wait. */
const blindMs = 2;
const lookMs = 50;

const pause = new Int32Array(new SharedArrayBuffer(4));
let watching = false;
let longest: number[] = [];

const writerWatch = answer({
  async start({ file }: { file: string }): Promise<void> {
    const database = new Database(file, { timeout: 0 });
    watching = true;
    longest = [];
    void watch(database);
  },
  /** @returns the transactions that were seen to hold the writer, ms */
  stop(_: object): number[] {
    watching = false;
    return longest;
  },
});

async function watch(database: Database.Database): Promise<void> {
  const begin = database.prepare("begin immediate");
  const end = database.prepare("rollback");
  let since: number | undefined;
  let last = 0;
  let version = versionOf(database);

  function look(): void {
    const at = performance.now();
    const held = !isFree();
    const now = held ? versionOf(database) : version;
    const isSame = since !== undefined && now === version && at - last <= blindMs;
    if (since !== undefined && !isSame) longest.push(last - since);
    if (!held) since = undefined;
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
    for (const until = performance.now() + lookMs; performance.now() < until; ) {
      look();
      Atomics.wait(pause, 0, 0, everyMs);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  database.close();
}

/** Changes with each commit of another connection. */
function versionOf(database: Database.Database): number {
  return database.pragma("data_version", { simple: true }) as number;
}
