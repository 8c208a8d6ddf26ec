/** Whole tables, row by row, in a form that both databases share: for backups and moves. */

/**
 * `time` is a timestamp of better-auth, in SQLite text (ISO 8601, UTC); `boolean` is 0 or 1 there. The
 * other types are the same in both databases.
 */
export type ColumnType = "text" | "integer" | "real" | "blob" | "boolean" | "time";

export interface TableShape {
  name: string;
  columns: readonly { name: string; type: ColumnType }[];
  /** The names of the columns of its primary key. */
  key: readonly string[];
  /** The column that the database numbers, or null. */
  identity: string | null;
}

/** A value as SQLite returns it. */
export type Cell = string | number | Uint8Array | null;

export interface TableSum {
  rows: number;
  /** The sum of 60 bits of a hash of each row. The order of the rows does not matter. */
  sum: bigint;
}

/** Tables that belong to one database and are not taken along. */
export const localTables: readonly string[] = [
  "kind_migrations",
  "kind_migrations_lock",
  "kysely_migration",
  "kysely_migration_lock",
  "notifications",
  "running_backups",
  "transfer_indexes",
  "transfers",
  "workers",
];

/** A connection of its own. Close it. */
export interface TableTransfer {
  /**
   * The tables of a migrated Postgres, each behind those that it refers to. Undefined on SQLite, which
   * knows neither times nor booleans.
   */
  describe(): Promise<TableShape[] | undefined>;
  /** Lets all later reads see one state of the database, until `close`. */
  freeze(): Promise<void>;
  /**
   * Reads rows in the order of their key.
   * @param after the key of the last row that was read, or null
   */
  read(table: TableShape, after: readonly Cell[] | null, limit: number): Promise<Cell[][]>;
  /** Inserts the rows and saves the progress in one transaction. */
  insert(table: TableShape, rows: readonly Cell[][], progress: string): Promise<void>;
  /** Sums all rows of a table. */
  sum(table: TableShape): Promise<TableSum>;
  /** @returns a line for each of the first values that the other database cannot store */
  findUnportable(table: TableShape): Promise<string[]>;
  /**
   * Deletes all rows of the tables, and drops their indexes but the primary keys until `finish`: to
   * build an index over all rows is several times faster than to insert each row into it.
   */
  empty(tables: readonly TableShape[]): Promise<void>;
  /**
   * Builds the indexes that `empty` dropped, makes the database number new rows after the copied ones,
   * and updates its statistics. May be repeated.
   */
  finish(tables: readonly TableShape[]): Promise<void>;
  close(): Promise<void>;
}
