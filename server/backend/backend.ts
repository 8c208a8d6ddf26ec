/**
 * What a backend is: a database, a queue and signals. `sqlite/` and `postgres/` each bring all
 * three; `open.ts` chooses. Differences between them stay behind these functions.
 */
import type { Expression, Kysely, RawBuilder, Transaction } from "kysely";
import type { JobLifecycle, JobLifecycleEvent } from "../engine/job-lifecycle.ts";
import type { Upsert, Upserted } from "../job.ts";
import type { JobRow, Schema } from "./schema.ts";

export interface Backend {
  readonly name: "sqlite" | "postgres";
  /** For reads and for single statements. Inside `write` only its own handle may be used. */
  readonly db: Kysely<Schema>;
  readonly queue: Queue;
  readonly signals: Signals;
  /** Rows of an upsert after which a transaction is best ended; others may wait for it meanwhile. */
  readonly batchRows: number;
  /** What this process itself wrote about jobs, once it has committed. */
  readonly life: Pick<JobLifecycle, "subscribe">;
  /** The database's clock, ms since 1970: the same for all processes, whatever their own say. */
  now(): number;
  /**
   * One transaction. Only database calls may be awaited inside: it holds the writer of a SQLite
   * file, or a connection of Postgres.
   * @param options.durable false where losing the last moments in a power cut does no harm
   */
  write<T>(work: (write: Write) => Promise<T>, options?: { durable?: boolean }): Promise<T>;
  /** A relation of typed columns from an array, to join a statement with many values at once. */
  relation<Row extends object>(
    rows: readonly Row[],
    columns: RelationColumns<Row>,
  ): Expression<Row>;
  /** Brings the tables up to date; safe to call from many processes at once. */
  migrate(): Promise<void>;
  /** Answers when the database does. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type RelationColumns<Row> = { [Column in keyof Row]: "text" | "integer" | "real" };

/** The handle of one transaction. */
export interface Write {
  readonly db: Transaction<Schema>;
  /** Signals this job's id to every process once the transaction has committed. */
  changed(jobId: string): void;
  /** Tells `life` once the transaction has committed. */
  happened(event: JobLifecycleEvent): void;
  /** Waits until no other transaction holds this name, and holds it until the end of this one. */
  hold(name: string): Promise<void>;
  /** Puts a queued job's entry into the queue, in place of one that it had. */
  ring(job: Doorbell): Promise<void>;
  /** Many rows, sorted by their key, in one go. */
  upsert(table: string, rows: readonly unknown[][], how: Upsert): Promise<Upserted>;
}

export interface Doorbell {
  id: string;
  runAt: number;
  priority: number;
}

/** Decides when and where a job runs; what happened to it is told by the `jobs` row alone. */
export interface Queue {
  /**
   * Takes the best due job of an account that has capacity, in a transaction of its own: sets it
   * running, raises its fence and the account's counter, keeps its event, and tells of it.
   * @returns the row as claimed, or undefined where there is none
   */
  claim(workerId: string): Promise<JobRow | undefined>;
  /** Calls `answer` when jobs may be due, at most `slots` at a time. */
  listen(options: { slots: number; answer: Answer; chores?: readonly Chore[] }): Promise<Listening>;
  /** Frees what lost workers held in the queue. */
  release(queueIds: string[]): Promise<void>;
  /** Frees and clears away what lost workers left that nobody knows of any more. */
  mend(): Promise<void>;
}

/** Claims one job and runs it to its end; false where there was none to claim. */
export type Answer = () => Promise<boolean>;

/** Work of the system itself: each time one worker does it, of all that listen for it. */
export interface Chore {
  name: string;
  /** From one time to the next: a whole part of an hour. */
  everyMinutes: number;
  /** May be cut off, repeated, and done by two at once; never throws, and ends soon when asked to. */
  run(signal: AbortSignal): Promise<void>;
}

export interface Listening {
  /** What the queue knows this worker by, or null where it holds nothing for workers. */
  readonly queueId: string | null;
  /** No further calls of `answer`, nor chores; resolves when the running ones have ended. */
  stop(): Promise<void>;
}

/** Tells every process which jobs changed: ids, never data. */
export interface Signals {
  /** @returns a function that ends the subscription */
  subscribe(listener: (change: Change) => void): () => void;
}

/** Ids, or "resync" when some may have been missed and all that is watched must be read anew. */
export type Change = readonly string[] | "resync";

/** Where the DDL of the two databases differs; migrations interpolate it. */
export interface SchemaDialect {
  /** A number that the database counts up, for a primary key. */
  identity: RawBuilder<unknown>;
  /** Text that sorts and compares by its bytes. */
  bytewiseText: RawBuilder<unknown>;
  /** The types in which better-auth stores times and flags. */
  timestamp: RawBuilder<unknown>;
  boolean: RawBuilder<unknown>;
  /** Options of a table whose rows change several times a second. */
  frequentUpdates: RawBuilder<unknown>;
}
