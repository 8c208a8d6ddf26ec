/** Kysely's SQLite dialect with what a file shared by several processes needs. */
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import {
  type Driver,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type SqliteStatement,
} from "kysely";
import { LRUCache } from "lru-cache";

/** After this a writer that never gets its turn fails. */
const busyMs = 5_000;
const againMs = 1;

/**
 * Opens a file for this process.
 * `synchronous = normal`: a killed process loses nothing, a power cut may lose the last commits
 * but never harms the file (https://sqlite.org/wal.html#performance_considerations).
 */
export function openFile(path: string): Database.Database {
  const file = new Database(path, { timeout: busyMs });
  file.pragma("journal_mode = wal");
  file.pragma("synchronous = normal");
  file.pragma("foreign_keys = on");
  file.pragma("cache_size = -16000");
  return file;
}

export class ImmediateSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;
  readonly #file: Database.Database;

  constructor(file: Database.Database) {
    const config = { database: withKeptStatements(file) };
    super(config);
    this.#config = config;
    this.#file = file;
  }

  override createDriver(): Driver {
    return new ImmediateDriver(this.#config, this.#file);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

/**
 * Kysely migrates a SQLite file step by step, as if nobody else had it open. In one transaction,
 * which SQLite takes for tables too, processes that start together wait for each other, and one
 * that is killed leaves nothing half made.
 */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * A deferred transaction that reads before it writes fails at once, whatever the busy timeout,
 * when another process wrote in between; one that begins as a writer waits for its turn.
 * SQLite's own way of waiting blocks the process and looks ever more seldom, each 25 to 100 ms in
 * the end: beside an import, which writes all the time, it misses gap after gap.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #file: Database.Database;

  constructor(config: SqliteDialectConfig, file: Database.Database) {
    super(config);
    this.#file = file;
  }

  override async beginTransaction(): Promise<void> {
    const giveUpAt = performance.now() + busyMs;
    while (!this.#begin(performance.now() > giveUpAt)) await sleep(againMs);
  }

  /** SQLite may have ended it by itself, on a full disk for one: that error is the one to be told. */
  override async rollbackTransaction(): Promise<void> {
    if (this.#file.inTransaction) this.#file.exec("rollback");
  }

  /** @returns false where another process is writing */
  #begin(isLast: boolean): boolean {
    this.#file.pragma("busy_timeout = 0");
    try {
      this.#file.exec("begin immediate");
      return true;
    } catch (error) {
      if (isLast || !isBusy(error)) throw error;
      return false;
    } finally {
      // For what is written or read outside of a transaction.
      this.#file.pragma(`busy_timeout = ${busyMs}`);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

const maxStatements = 500;

/** Kysely prepares every statement anew; keeping them makes small statements several times faster. */
function withKeptStatements(file: Database.Database) {
  const kept = new LRUCache<string, SqliteStatement>({ max: maxStatements });
  return {
    close: () => {
      file.close();
    },
    prepare(sql: string): SqliteStatement {
      const known = kept.get(sql);
      if (known) return known;
      const statement = file.prepare(sql) as unknown as SqliteStatement;
      kept.set(sql, statement);
      return statement;
    },
  };
}
