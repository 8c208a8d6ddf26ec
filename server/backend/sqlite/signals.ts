/**
 * Signals over the file itself: each transaction that changed jobs appends one row of ids, and
 * readers poll behind the last row that they saw. One writer at a time means that numbers become
 * visible in their order, so nothing can be missed.
 */
import type Database from "better-sqlite3";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Change, Signals } from "../backend.ts";
import type { Schema } from "../schema.ts";

/** A look costs microseconds, so it can be frequent. */
const pollMs = 25;
/** Older rows are removed; a reader that slept longer reads everything anew. */
const keep = 10_000;
const trimEvery = 1_000;

/** `autoincrement`, so that a number is never given twice and a gap means rows that were removed. */
export async function createSignalsTable(db: Kysely<Schema>): Promise<void> {
  await sql`create table if not exists signals (
    seq integer primary key autoincrement, ids text not null)`.execute(db);
}

/** Appends the ids, in the transaction that changed them. */
export async function signal(tx: Transaction<Schema>, ids: Iterable<string>): Promise<void> {
  const { rows } = await sql<{ seq: number }>`
    insert into signals (ids) values (${JSON.stringify([...ids])}) returning seq`.execute(tx);
  const { seq } = rows[0]!;
  if (seq % trimEvery === 0) await sql`delete from signals where seq <= ${seq - keep}`.execute(tx);
}

interface Row {
  seq: number;
  ids: string;
}

export function createSignals(file: Database.Database): Signals {
  const listeners = new Set<(change: Change) => void>();
  let timer: NodeJS.Timeout | undefined;
  let last = 0;

  function start(): void {
    last = (file.prepare("select max(seq) from signals").pluck().get() as number | null) ?? 0;
    const behind = file.prepare<[number], Row>(
      "select seq, ids from signals where seq > ? order by seq",
    );
    /** A file that cannot be read at the moment may be read at the next look. */
    function look(): Row[] {
      try {
        return behind.all(last);
      } catch {
        return [];
      }
    }
    timer = setInterval(() => {
      if (!file.open) return stop();
      const rows = look();
      if (rows.length === 0) return;
      const missed = rows[0]!.seq !== last + 1;
      last = rows.at(-1)!.seq;
      tell(missed ? "resync" : [...new Set(rows.flatMap((row) => JSON.parse(row.ids)))]);
    }, pollMs);
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  function tell(change: Change): void {
    for (const listener of listeners) listener(change);
  }

  return {
    subscribe(listener) {
      if (listeners.size === 0) start();
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
  };
}
