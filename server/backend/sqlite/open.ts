import type { Database } from "better-sqlite3";
import { type Expression, Kysely, sql, type Transaction } from "kysely";
import { createJobLifecycle, type JobLifecycleEvent } from "../../engine/job-lifecycle.ts";
import type {
  Backend,
  RelationColumns,
  SchemaDialect,
  WriteOptions,
  WriteTransaction,
} from "../backend.ts";
import { migrate } from "../migrate.ts";
import { migrateKinds } from "../migrate-kinds.ts";
import type { Schema } from "../schema.ts";
import { createCommitFlush } from "./commit-flush.ts";
import { copyFile } from "./copy-file.ts";
import { createFileIdentity } from "./file-identity.ts";
import { ImmediateSqliteDialect, ReadOnlySqliteDialect } from "./immediate-dialect.ts";
import {
  createNotifications,
  createNotificationsTable,
  insertNotification,
} from "./notifications.ts";
import { checkFile, findDamage, openFile, prepareFile } from "./open-file.ts";
import { createQueue } from "./queue.ts";
import { openTableTransfer } from "./table-transfer.ts";
import { createRowWriter } from "./write-rows.ts";

/** These take about 3 ms, in which nobody else writes to the file. */
const maxBatchRows = 500;

export interface SqliteOptions {
  /** Refuses to create the file. */
  mustExist: boolean;
  /** Looks for damage in the whole file, if it is not large. */
  check: boolean;
  /** Ms that are added to the clock. */
  clockShift: () => number;
}

/**
 * The backend of one machine: everything in one file. Transactions have a connection of their own,
 * so that reads do not wait for them.
 * @throws DatabaseRefused
 */
export function openSqlite(path: string, { mustExist, check, clockShift }: SqliteOptions): Backend {
  if (!mustExist) prepareFile(path);
  // Its writes are single statements outside of `write`, which are rare.
  const file = openFile(path, "full");
  if (check) checkFile(file);
  const identity = createFileIdentity(path);
  const db = new Kysely<Schema>({ dialect: new ImmediateSqliteDialect(file, identity.check) });
  let readOnlyFile: Database | undefined;
  let readOnlyDb: Kysely<Schema> | undefined;
  const writerFile = openFile(path, "normal");
  const writer = new Kysely<Schema>({ dialect: new ImmediateSqliteDialect(writerFile) });
  const rowWriter = createRowWriter(writerFile);
  const commits = createCommitFlush(path);
  const now = () => Date.now() + clockShift();
  const lifecycle = createJobLifecycle();

  async function write<T>(
    work: (tx: WriteTransaction) => Promise<T>,
    { durable = true }: WriteOptions = {},
  ): Promise<T> {
    const events: JobLifecycleEvent[] = [];
    const result = await writer.transaction().execute(async (db) => {
      const changed = new Set<string>();
      const result = await work(writeTransaction(db, changed, events));
      if (changed.size > 0) await insertNotification(db, changed);
      return result;
    });
    // After the commit: a file that was deleted before it has not kept it.
    identity.check();
    lifecycle.emit(events);
    if (durable === true) await commits.flush();
    else commits.flushSoon();
    return result;
  }

  function writeTransaction(
    db: Transaction<Schema>,
    changed: Set<string>,
    events: JobLifecycleEvent[],
  ): WriteTransaction {
    return {
      db,
      notify: (id) => void changed.add(id),
      emit: (event) => void events.push(event),
      // Write transactions run one at a time.
      lock: async () => {},
      // A queued row of `jobs` is its own queue entry.
      enqueue: async () => {},
      ...rowWriter,
    };
  }

  return {
    name: "sqlite",
    spansMachines: false,
    db,
    get readOnlyDb() {
      readOnlyFile ??= openReadOnly(path);
      readOnlyDb ??= new Kysely({ dialect: new ReadOnlySqliteDialect(readOnlyFile) });
      return readOnlyDb;
    },
    now,
    write,
    lost: identity.lost,
    queue: createQueue({ file, now, write, lost: identity.lost }),
    notifications: createNotifications(file),
    maxBatchRows,
    lifecycle,
    relation,
    async migrate(options) {
      const unknown = await migrate(db, schemaDialect, options);
      await migrateKinds(db, schemaDialect, options?.jobsDirs);
      await createNotificationsTable(db);
      return unknown;
    },
    openTableTransfer: async () => openTableTransfer(path),
    findDamage: async () => findDamage(file),
    copyTo: (target) => copyFile(path, target),
    async ping() {
      identity.check();
      file.prepare("select 1 from jobs limit 1").get();
    },
    close: async () => {
      identity.close();
      await commits.close();
      await Promise.all([db, writer, readOnlyDb].map((each) => each?.destroy()));
      // Kysely closes only those that it has used.
      for (const each of [file, writerFile, readOnlyFile]) if (each?.open) each.close();
    },
  };
}

function openReadOnly(path: string): Database {
  const file = openFile(path, "normal");
  file.pragma("query_only = on");
  return file;
}

const schemaDialect: SchemaDialect = {
  identity: sql`integer`,
  bytewiseText: sql`text`,
  blob: sql`blob`,
  timestamp: sql`text`,
  boolean: sql`integer`,
  frequentUpdates: sql``,
};

function relation<Row extends object>(
  rows: readonly Row[],
  columns: RelationColumns<Row>,
): Expression<Row> {
  const selected = Object.keys(columns).map(
    (name) => sql`json_extract(value, ${sql.lit(`$.${name}`)}) as ${sql.ref(name)}`,
  );
  return sql<Row>`(select ${sql.join(selected)} from json_each(${JSON.stringify(rows)}))`;
}
