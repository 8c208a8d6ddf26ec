/**
 * A backend is a database, a queue and notifications. `sqlite/` and `postgres/` each implement all
 * three and `open.ts` chooses one, so the rest of the server does not know which database it uses.
 */
import type { Expression, Kysely, RawBuilder, Transaction } from "kysely";
import type { JobLifecycle, JobLifecycleEvent } from "../engine/job-lifecycle.ts";
import type { MigrationDialect, Upsert, Upserted } from "../job.ts";
import type { JobRow, Schema } from "./schema.ts";
import type { TableTransfer } from "./table-transfer.ts";

export interface Backend {
  /** For logs, tests and libraries. Code that behaves differently asks for a capability instead. */
  readonly name: "sqlite" | "postgres";
  /** Whether processes on other machines can use this database. */
  readonly spansMachines: boolean;
  /** For reads and single statements. Inside `write`, use the transaction's own `db`. */
  readonly db: Kysely<Schema>;
  /** For the code of kinds: the database refuses to write. Its connections are made at the first use. */
  readonly readOnlyDb: Kysely<Schema>;
  readonly queue: Queue;
  readonly notifications: Notifications;
  /** Rows after which an upsert should commit, because other writers may be waiting for it. */
  readonly maxBatchRows: number;
  /** The events of jobs that this process wrote, after their commit. */
  readonly lifecycle: Pick<JobLifecycle, "subscribe">;
  /** The database's clock, ms since 1970. All processes agree on it, whatever their own clocks say. */
  now(): number;
  /** Aborts once nothing can be written any more, with a DatabaseLost as its reason. */
  readonly lost: AbortSignal;
  /**
   * Runs one transaction. Await only database calls inside: it occupies the single writer of a
   * SQLite file, or a connection of Postgres.
   */
  write<T>(work: (tx: WriteTransaction) => Promise<T>, options?: WriteOptions): Promise<T>;
  /** Turns an array into a typed table expression, to join many values in one statement. */
  relation<Row extends object>(
    rows: readonly Row[],
    columns: RelationColumns<Row>,
  ): Expression<Row>;
  /**
   * Runs the pending migrations. Safe to call from many processes at once.
   * @returns with `acceptNewer` the names of the migrations that this version does not know
   * @throws DatabaseRefused if a newer version has migrated the database
   */
  migrate(options?: MigrateOptions): Promise<string[]>;
  /** Opens a connection for whole tables. The database must be migrated. */
  openTableTransfer(): Promise<TableTransfer>;
  /**
   * Writes a copy of the database as it is now to a new SQLite file, beside running writers.
   * Undefined on Postgres.
   */
  readonly copyTo?: (path: string) => Promise<void>;
  /**
   * Reads the whole file and looks for damage. Undefined on Postgres.
   * @returns a line for each of the first problems
   */
  readonly findDamage?: () => Promise<string[]>;
  /** @throws if the database does not answer or has no tables yet */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface MigrateOptions {
  /** The name of the last one to run, for tests of upgrades. Default: all. */
  last?: string;
  /**
   * Accepts a database that a newer version has migrated, if its migrations only add to it. Not for
   * commands that copy whole tables, because they would leave out what they do not know.
   */
  acceptNewer?: boolean;
  /** Folders of kinds, whose own migrations run as well. Default: none. */
  jobsDirs?: readonly string[];
}

export interface WriteOptions {
  /**
   * True, the default: the commit survives a power cut once `write` has returned. False: a power cut
   * may lose it. `unless_process_ends`: a power cut may lose the commits of its last 100 ms if it also
   * ends this process, whose memory knows of them; then SQLite does not wait for the disk.
   */
  durable?: boolean | "unless_process_ends";
}

export type RelationColumns<Row> = { [Column in keyof Row]: "text" | "integer" | "real" };

export interface WriteTransaction {
  readonly db: Transaction<Schema>;
  /** Sends this id to the subscribers in every process, after the commit. */
  notify(jobId: string): void;
  /** Publishes the event to this process's `lifecycle`, after the commit. */
  emit(event: JobLifecycleEvent): void;
  /** Waits for the lock of this name and holds it until the transaction ends. */
  lock(name: string): Promise<void>;
  /** Puts a queued job into the queue, or moves the entry that it already has. */
  enqueue(entry: QueueEntry): Promise<void>;
  /**
   * Inserts many rows of which the table has none, sorted by their key.
   * @returns the `id` of each row, which the database counts up
   * @throws if a row repeats a unique key
   */
  insert(table: string, columns: readonly string[], rows: readonly unknown[][]): Promise<number[]>;
  /** Inserts or updates many rows, which should be sorted by their key. */
  upsert(table: string, rows: readonly unknown[][], how: Upsert): Promise<Upserted>;
}

export interface QueueEntry {
  /** The job. */
  id: string;
  /** ms since 1970 */
  runAt: number;
  /** Lower numbers run first. */
  priority: number;
}

/**
 * Wakes up workers when jobs may be due. Entries may come twice or get lost: the `jobs` row alone
 * decides what runs, and the sweep enqueues overdue jobs again.
 */
export interface Queue {
  /**
   * Claims the next due job of an account that has capacity, in a transaction of its own: sets it
   * running, raises its fence, counts it in its account, and writes and publishes its event.
   * @param reserved given for a slot that not every job may take
   * @returns the row after the claim, or undefined if no job can be claimed
   * @throws UnlistedWorker if the worker was declared lost: its jobs would be orphans at once
   */
  claim(workerId: string, reserved?: ReservedSlot): Promise<JobRow | undefined>;
  /** Starts to call `runNext` whenever jobs may be due, at most `concurrency` calls at a time. */
  listen(options: {
    concurrency: number;
    runNext: RunNext;
    maintenanceTasks?: readonly MaintenanceTask[];
  }): Promise<QueueListener>;
  /** Unlocks the queue entries that lost workers held. */
  releaseWorkers(queueWorkerIds: string[]): Promise<void>;
  /** Unlocks and deletes entries of workers that are not registered any more. */
  repair(): Promise<void>;
}

/**
 * A slot for accounts that have nothing running, and for jobs that give it back soon: those of the
 * `yieldingKinds`, and those that may run beside the limit of their account.
 */
export interface ReservedSlot {
  yieldingKinds: readonly string[];
}

/** Claims one job and runs it to its end. @returns false if there was none to claim */
export type RunNext = () => Promise<boolean>;

/** Periodic work of the system itself. Each time, one of the listening workers runs it. */
export interface MaintenanceTask {
  name: string;
  /** A divisor of 60. */
  everyMinutes: number;
  /** May be aborted, repeated, and run twice at once. Never throws, and ends soon after an abort. */
  run(signal: AbortSignal): Promise<void>;
}

export interface QueueListener {
  /** The id under which the queue locks entries for this worker, or null if it locks none. */
  readonly queueWorkerId: string | null;
  /** Starts no more jobs and tasks. Resolves when the running ones have ended. */
  stop(): Promise<void>;
}

/** Carries the ids of changed jobs to every process. Ids only, never data, and some may get lost. */
export interface Notifications {
  /** @returns a function that ends the subscription */
  subscribe(listener: (change: ChangedIds) => void): () => void;
}

/** Ids, or "resync" if some may have been lost: then read all watched jobs again. */
export type ChangedIds = readonly string[] | "resync";

/** The differences in the DDL of the two databases. Migrations interpolate them. */
export interface SchemaDialect extends MigrationDialect {
  /** The types in which better-auth stores times and flags. */
  timestamp: RawBuilder<unknown>;
  boolean: RawBuilder<unknown>;
  /** Options of a table whose rows change several times a second. */
  frequentUpdates: RawBuilder<unknown>;
}
