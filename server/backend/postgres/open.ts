import { runMigrations } from "graphile-worker";
import {
  CompiledQuery,
  type Expression,
  Kysely,
  PostgresDialect,
  sql,
  type Transaction,
} from "kysely";
import {
  createJobLifecycle,
  type JobLifecycleEvent,
  lifecycleEvent,
} from "../../engine/job-lifecycle.ts";
import type {
  Backend,
  MigrateOptions,
  RelationColumns,
  SchemaDialect,
  WriteOptions,
  WriteTransaction,
} from "../backend.ts";
import { claimEventType } from "../claim-sql.ts";
import { migrate } from "../migrate.ts";
import { migrateKinds } from "../migrate-kinds.ts";
import type { JobRow, Schema } from "../schema.ts";
import { createDatabaseClock } from "./database-clock.ts";
import { insert } from "./insert.ts";
import { createNotifications } from "./notifications.ts";
import { createNotifier } from "./notifier.ts";
import { createMigrationPool, createPool } from "./pool.ts";
import { PooledDialect } from "./pooled-dialect.ts";
import { createQueue, enqueue } from "./queue.ts";
import { openReadOnlyDb } from "./read-only-db.ts";
import { openTableTransfer } from "./table-transfer.ts";
import { createUpsert } from "./upsert.ts";

/**
 * These take about 50 ms, in which only their job's row is locked. Each transaction costs seven
 * round trips and a flush of the server's disk, however small it is.
 */
const maxBatchRows = 5_000;

export interface PostgresOptions {
  /** May lead through a pooler that lends a session for one transaction at a time. */
  url: string;
  /** Straight to the server, for listening and migrations, which need a session of their own. */
  directUrl: string;
  /** Limit of one statement. Migrations have none. */
  statementTimeoutMs: number;
  /** Ms that are added to the clock. */
  clockShift: () => number;
}

/** The backend of many machines: Postgres, graphile-worker and NOTIFY. */
export async function openPostgres(options: PostgresOptions): Promise<Backend> {
  const { url, directUrl, statementTimeoutMs, clockShift } = options;
  const pooled = url !== directUrl;
  const pool = createPool(url, { statementTimeoutMs, pooled });
  const dialect = pooled
    ? new PooledDialect({ pool }, statementTimeoutMs)
    : new PostgresDialect({ pool });
  const db = new Kysely<Schema>({ dialect });
  let readOnlyDb: Kysely<Schema> | undefined;
  const notifications = createNotifications(directUrl);
  const notifier = createNotifier(pool);
  const upsert = createUpsert();
  const lifecycle = createJobLifecycle();
  const clock = await createDatabaseClock(pool);
  const now = () => clock.now() + clockShift();

  async function write<T>(
    work: (tx: WriteTransaction) => Promise<T>,
    { durable = true }: WriteOptions = {},
  ): Promise<T> {
    const changed = new Set<string>();
    const events: JobLifecycleEvent[] = [];
    const result = await db.transaction().execute(async (db) => {
      if (!durable) await db.executeQuery(CompiledQuery.raw("set local synchronous_commit = off"));
      return work(writeTransaction(db, changed, events));
    });
    // After the commit, because NOTIFY in a durable transaction serialises all commits.
    lifecycle.emit(events);
    notifier.notify(changed);
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
      lock: async (name) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(db);
      },
      enqueue: (entry) => enqueue(db, entry),
      insert: (table, columns, rows) => insert(db, table, columns, rows),
      upsert: (table, rows, how) => upsert(db, table, rows, how),
    };
  }

  function onClaim(row: JobRow): void {
    lifecycle.emit([lifecycleEvent(claimEventType(row), row)]);
    notifier.notify([row.id]);
  }

  return {
    name: "postgres",
    spansMachines: true,
    db,
    get readOnlyDb() {
      readOnlyDb ??= openReadOnlyDb(url, { statementTimeoutMs, pooled });
      return readOnlyDb;
    },
    now,
    write,
    // A server that is away may come back.
    lost: new AbortController().signal,
    queue: createQueue({ db, pool, directUrl, pooled, now, onClaim }),
    notifications,
    maxBatchRows,
    lifecycle,
    relation,
    migrate: (options) => migrateAll(directUrl, options),
    openTableTransfer: () => openTableTransfer(directUrl),
    ping: async () => void (await pool.query("select 1 from jobs limit 1")),
    async close() {
      clock.close();
      notifications.close();
      await notifier.flush();
      await Promise.all([db.destroy(), readOnlyDb?.destroy()]);
      // A Kysely that has run no query does not end its pool.
      if (!pool.ended) await pool.end();
    },
  };
}

/** Our tables, then graphile-worker's. */
async function migrateAll(directUrl: string, options?: MigrateOptions): Promise<string[]> {
  const pool = createMigrationPool(directUrl);
  try {
    const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
    const unknown = await migrate(db, schemaDialect, options);
    await migrateKinds(db, schemaDialect, options?.jobsDirs);
    await runMigrations({ pgPool: pool });
    return unknown;
  } finally {
    await pool.end();
  }
}

const schemaDialect: SchemaDialect = {
  identity: sql`bigint generated by default as identity`,
  bytewiseText: sql`text collate "C"`,
  blob: sql`bytea`,
  timestamp: sql`timestamptz`,
  boolean: sql`boolean`,
  // Leaves room on each page. A new row version that fits on the page of the old one needs no entry
  // in any index, and the next version reuses the place of the old one
  // (https://www.postgresql.org/docs/current/storage-hot.html). Updating a thousand running jobs
  // then takes a third of the time and a tenth of the pages.
  frequentUpdates: sql`with (fillfactor = 80)`,
};

const columnTypes = { text: "text", integer: "bigint", real: "double precision" };

function relation<Row extends object>(
  rows: readonly Row[],
  columns: RelationColumns<Row>,
): Expression<Row> {
  const names = Object.keys(columns) as (keyof Row & string)[];
  const values = names.map(
    (name) => sql`${rows.map((row) => row[name])}::${sql.raw(columnTypes[columns[name]])}[]`,
  );
  return sql<Row>`(select * from unnest(${sql.join(values)})
    as given(${sql.join(names.map((name) => sql.ref(name)))}))`;
}
