/** Kysely's SQLite dialect, adapted to a file that several processes write. */
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type SqliteStatement,
} from "kysely";
import { LRUCache } from "lru-cache";
import { refuseWrites } from "../refuse-writes.ts";
import { busyTimeoutMs } from "./open-file.ts";

const retryMs = 1;

export class ImmediateSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;
  readonly #file: Database.Database;
  readonly #begin: string;

  /**
   * @param beforeWrite called before each statement that writes; may throw
   * @param begin begins a transaction
   */
  constructor(file: Database.Database, beforeWrite = () => {}, begin = "begin immediate") {
    const config = { database: withStatementCache(file, beforeWrite) };
    super(config);
    this.#config = config;
    this.#file = file;
    this.#begin = begin;
  }

  override createDriver(): Driver {
    return new ImmediateDriver(this.#config, this.#file, this.#begin);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

/** For a connection on which SQLite refuses to write: it cannot begin a transaction as a writer. */
export class ReadOnlySqliteDialect extends ImmediateSqliteDialect {
  constructor(file: Database.Database) {
    super(file, () => {}, "begin");
  }

  override createQueryCompiler(): QueryCompiler {
    return refuseWrites(super.createQueryCompiler());
  }
}

/**
 * Migrates in one transaction, which SQLite supports for DDL too but Kysely does not use. Processes
 * that start together then wait for each other, and a killed one leaves nothing half done.
 */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * Begins every transaction as a writer, and waits for its turn by polling. So does a single statement
 * that writes.
 *
 * A deferred transaction that reads before it writes fails at once, whatever the busy timeout, if
 * another process wrote in between. SQLite's own busy handler blocks the event loop and polls ever
 * more rarely, at the end every 100 ms: next to an import, which writes all the time, it misses gap
 * after gap. In a web process, all people then wait for one statement.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #file: Database.Database;
  readonly #beginStatement: string;
  #connection: DatabaseConnection | undefined;

  constructor(config: SqliteDialectConfig, file: Database.Database, beginStatement: string) {
    super(config);
    this.#file = file;
    this.#beginStatement = beginStatement;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#connection ??= this.#waitingForWriters(await super.acquireConnection());
    return this.#connection;
  }

  #waitingForWriters(connection: DatabaseConnection): DatabaseConnection {
    const file = this.#file;

    /** The statement runs before this function returns, with no other one between the two settings. */
    function execute<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      file.pragma("busy_timeout = 0");
      try {
        return connection.executeQuery<Row>(query);
      } finally {
        file.pragma(`busy_timeout = ${busyTimeoutMs}`);
      }
    }

    return {
      streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
      async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
        if (file.inTransaction || isRead(query)) return connection.executeQuery<Row>(query);
        const deadline = performance.now() + busyTimeoutMs;
        for (;;) {
          const isLastTry = performance.now() > deadline;
          try {
            return await execute<Row>(query);
          } catch (error) {
            if (isLastTry || !isBusy(error)) throw error;
          }
          await sleep(retryMs);
        }
      },
    };
  }

  override async beginTransaction(): Promise<void> {
    const deadline = performance.now() + busyTimeoutMs;
    while (!this.#begin(performance.now() > deadline)) await sleep(retryMs);
  }

  /** SQLite may have rolled back already, for example on a full disk. Then that error counts. */
  override async rollbackTransaction(): Promise<void> {
    if (this.#file.inTransaction) this.#file.exec("rollback");
  }

  /** @returns false if another process is writing */
  #begin(isLastTry: boolean): boolean {
    this.#file.pragma("busy_timeout = 0");
    try {
      this.#file.exec(this.#beginStatement);
      return true;
    } catch (error) {
      if (isLastTry || !isBusy(error)) throw error;
      return false;
    } finally {
      // Statements of the driver, without Kysely, still use SQLite's busy handler.
      this.#file.pragma(`busy_timeout = ${busyTimeoutMs}`);
    }
  }
}

function isRead({ query, sql }: CompiledQuery): boolean {
  return query.kind === "SelectQueryNode" || /^\s*(?:select|explain)\b/i.test(sql);
}

function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
}

const maxStatements = 500;

/** Kysely prepares a statement for every call; a cache makes small statements several times faster. */
function withStatementCache(file: Database.Database, beforeWrite: () => void) {
  const cache = new LRUCache<string, Database.Statement>({ max: maxStatements });
  return {
    close: () => {
      file.close();
    },
    prepare(sql: string): SqliteStatement {
      let statement = cache.get(sql);
      if (!statement) {
        statement = file.prepare(sql);
        cache.set(sql, statement);
      }
      if (!statement.readonly) beforeWrite();
      return statement as unknown as SqliteStatement;
    },
  };
}
