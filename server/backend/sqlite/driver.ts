/** Kysely's SQLite dialect with what a file shared by several processes needs. */
import Database from "better-sqlite3";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type SqliteStatement,
} from "kysely";

/**
 * Opens a file for this process.
 * `synchronous = normal`: a killed process loses nothing, a power cut may lose the last commits
 * but never harms the file (https://sqlite.org/wal.html#performance_considerations).
 */
export function openFile(path: string): Database.Database {
  const file = new Database(path, { timeout: 5_000 });
  file.pragma("journal_mode = wal");
  file.pragma("synchronous = normal");
  file.pragma("foreign_keys = on");
  file.pragma("cache_size = -32000");
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
}

/**
 * A deferred transaction that reads before it writes fails at once, whatever the busy timeout,
 * when another process wrote in between; one that begins as a writer waits for its turn.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #file: Database.Database;

  constructor(config: SqliteDialectConfig, file: Database.Database) {
    super(config);
    this.#file = file;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  /**
   * A full disk makes SQLite roll back by itself; doing it again would fail, and hide the reason
   * (https://sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction).
   */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#file.inTransaction) await super.rollbackTransaction(connection);
  }
}

const mostStatements = 500;

/** Kysely prepares every statement anew; keeping them makes small statements several times faster. */
function withKeptStatements(file: Database.Database) {
  const kept = new Map<string, SqliteStatement>();
  return {
    close: () => {
      file.close();
    },
    prepare(sql: string): SqliteStatement {
      const known = kept.get(sql);
      if (known) return known;
      const statement = file.prepare(sql) as unknown as SqliteStatement;
      if (kept.size >= mostStatements) kept.delete(kept.keys().next().value as string);
      kept.set(sql, statement);
      return statement;
    },
  };
}
