/**
 * Notifications through the file itself: each transaction that changed jobs appends one row of ids,
 * and subscribers poll for rows behind the last one that they read. Row numbers become visible in
 * their order, because a file has one writer, so no row is missed.
 */
import type Database from "better-sqlite3";
import { type Kysely, sql, type Transaction } from "kysely";
import type { ChangedIds, Notifications } from "../backend.ts";
import type { Schema } from "../schema.ts";

/** A poll takes microseconds. */
const pollMs = 25;
/** A subscriber that is further behind resyncs. */
const maxRows = 10_000;
const trimEveryRows = 1_000;

interface Row {
  seq: number;
  /** JSON */
  ids: string;
}

/** With `autoincrement` no number is reused, so a gap in them means that rows were trimmed. */
export async function createNotificationsTable(db: Kysely<Schema>): Promise<void> {
  await sql`create table if not exists notifications (
    seq integer primary key autoincrement,
    ids text not null
  )`.execute(db);
}

/** Appends the ids, in the transaction that changed the jobs. */
export async function insertNotification(
  tx: Transaction<Schema>,
  ids: Iterable<string>,
): Promise<void> {
  const { rows } = await sql<{ seq: number }>`
    insert into notifications (ids) values (${JSON.stringify([...ids])}) returning seq`.execute(tx);
  const { seq } = rows[0]!;
  if (seq % trimEveryRows !== 0) return;
  await sql`delete from notifications where seq <= ${seq - maxRows}`.execute(tx);
}

export function createNotifications(file: Database.Database): Notifications {
  const listeners = new Set<(change: ChangedIds) => void>();
  let timer: NodeJS.Timeout | undefined;
  let last = 0;

  function start(): void {
    const newest = file.prepare("select max(seq) from notifications").pluck().get();
    last = (newest as number | null) ?? 0;
    const newer = file.prepare<[number], Row>(
      "select seq, ids from notifications where seq > ? order by seq",
    );
    timer = setInterval(() => {
      if (!file.open) return stop();
      const rows = read(newer, last);
      if (rows.length === 0) return;
      const isGap = rows[0]!.seq !== last + 1;
      last = rows.at(-1)!.seq;
      publish(isGap ? "resync" : [...new Set(rows.flatMap(({ ids }) => JSON.parse(ids)))]);
    }, pollMs);
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  function publish(change: ChangedIds): void {
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

/** If the file cannot be read now, the next poll reads the same rows. */
function read(newer: Database.Statement<[number], Row>, last: number): Row[] {
  try {
    return newer.all(last);
  } catch {
    return [];
  }
}
