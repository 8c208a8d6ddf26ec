import { type Expression, Kysely, sql, type Transaction } from "kysely";
import { createJobLifecycle, type JobLifecycleEvent } from "../../engine/job-lifecycle.ts";
import type { Backend, RelationColumns, Write } from "../backend.ts";
import { migrate } from "../migrate.ts";
import type { Schema } from "../schema.ts";
import { ImmediateSqliteDialect, openFile } from "./driver.ts";
import { createQueue } from "./queue.ts";
import { createSignals, createSignalsTable, signal } from "./signals.ts";
import { upsert } from "./upsert.ts";

/** Some 3 ms, in which nobody else writes to the file. */
const batchRows = 500;

/**
 * The backend of one machine: everything in one file. Transactions have a connection of their own,
 * so that nobody who reads waits until one of this process gets its turn.
 */
export function openSqlite(path: string): Backend {
  const file = openFile(path);
  const db = new Kysely<Schema>({ dialect: new ImmediateSqliteDialect(file) });
  const writerFile = openFile(path);
  const writer = new Kysely<Schema>({ dialect: new ImmediateSqliteDialect(writerFile) });
  const now = Date.now;
  const life = createJobLifecycle();

  async function write<T>(work: (write: Write) => Promise<T>): Promise<T> {
    const events: JobLifecycleEvent[] = [];
    const result = await writer.transaction().execute(async (tx) => {
      const changed = new Set<string>();
      const result = await work(handle(tx, changed, events));
      if (changed.size > 0) await signal(tx, changed);
      return result;
    });
    life.emit(events);
    return result;
  }

  function handle(
    tx: Transaction<Schema>,
    changed: Set<string>,
    events: JobLifecycleEvent[],
  ): Write {
    return {
      db: tx,
      changed: (id) => void changed.add(id),
      happened: (event) => void events.push(event),
      // There is but one transaction that writes.
      hold: async () => {},
      // The jobs table is the queue: a queued row is its own entry.
      ring: async () => {},
      upsert: async (table, rows, how) => upsert(writerFile, table, rows, how),
    };
  }

  return {
    name: "sqlite",
    db,
    now,
    write,
    queue: createQueue({ file, now, write }),
    signals: createSignals(file),
    batchRows,
    life,
    relation,
    async migrate() {
      await migrate(db, schemaDialect);
      await createSignalsTable(db);
    },
    ping: async () => void file.prepare("select 1 from jobs limit 1").get(),
    close: async () => {
      await Promise.all([db.destroy(), writer.destroy()]);
      for (const each of [file, writerFile]) if (each.open) each.close();
    },
  };
}

const schemaDialect = {
  identity: sql`integer`,
  bytewiseText: sql`text`,
  timestamp: sql`text`,
  boolean: sql`integer`,
  frequentUpdates: sql``,
};

function relation<Row extends object>(
  rows: readonly Row[],
  columns: RelationColumns<Row>,
): Expression<Row> {
  const picked = Object.keys(columns).map(
    (name) => sql`json_extract(value, ${sql.lit(`$.${name}`)}) as ${sql.ref(name)}`,
  );
  return sql<Row>`(select ${sql.join(picked)} from json_each(${JSON.stringify(rows)}))`;
}
