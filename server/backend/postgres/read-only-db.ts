/** Connections on which the server refuses to write. */
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresDialect,
  type PostgresDriver,
  type QueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import { refuseWrites } from "../refuse-writes.ts";
import type { Schema } from "../schema.ts";
import { createPool } from "./pool.ts";
import { PooledDialect, PooledDriver } from "./pooled-dialect.ts";

/** Few, because kinds mostly write. Connections are made when they are needed. */
const maxConnections = 5;

/** Behind a pooler each statement is a transaction, because the session may have any settings. */
export function openReadOnlyDb(
  url: string,
  { statementTimeoutMs, pooled }: { statementTimeoutMs: number; pooled: boolean },
): Kysely<Schema> {
  const options = { statementTimeoutMs, pooled, max: maxConnections };
  const dialect = pooled
    ? new ReadOnlyPooledDialect({ pool: createPool(url, options) }, statementTimeoutMs)
    : new ReadOnlyDialect({ pool: createPool(readOnlyUrl(url), options) });
  return new Kysely<Schema>({ dialect });
}

function readOnlyUrl(url: string): string {
  const address = new URL(url);
  const given = address.searchParams.get("options") ?? "";
  address.searchParams.set("options", `${given} -c default_transaction_read_only=on`.trim());
  return address.href;
}

class ReadOnlyDialect extends PostgresDialect {
  override createQueryCompiler(): QueryCompiler {
    return refuseWrites(super.createQueryCompiler());
  }
}

class ReadOnlyPooledDialect extends PooledDialect {
  override createQueryCompiler(): QueryCompiler {
    return refuseWrites(super.createQueryCompiler());
  }

  override createDriver(): PostgresDriver {
    return new ReadOnlyPooledDriver(this.config, this.setLimits);
  }
}

type Connection = Parameters<PostgresDriver["rollbackTransaction"]>[0];

class ReadOnlyPooledDriver extends PooledDriver {
  readonly #prepared = new WeakSet<DatabaseConnection>();
  readonly #inTransaction = new WeakSet<DatabaseConnection>();

  override async acquireConnection(
    ...args: Parameters<PostgresDriver["acquireConnection"]>
  ): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection(...args);
    if (this.#prepared.has(connection)) return connection;
    this.#prepared.add(connection);
    const execute = connection.executeQuery.bind(connection);
    const run = (sql: string) => execute(CompiledQuery.raw(sql));
    connection.executeQuery = async <Row>(query: CompiledQuery): Promise<QueryResult<Row>> => {
      if (this.#inTransaction.has(connection)) return execute<Row>(query);
      await run(`begin read only; ${this.setLimits}`);
      try {
        const result = await execute<Row>(query);
        await run("commit");
        return result;
      } catch (error) {
        await run("rollback").catch(() => {});
        throw error;
      }
    };
    return connection;
  }

  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings) {
    this.#inTransaction.add(connection);
    await super.beginTransaction(connection, settings);
    await connection.executeQuery(CompiledQuery.raw("set transaction read only"));
  }

  override async commitTransaction(connection: DatabaseConnection) {
    await super.commitTransaction(connection).finally(() => this.#inTransaction.delete(connection));
  }

  override async rollbackTransaction(connection: Connection) {
    await super
      .rollbackTransaction(connection)
      .finally(() => this.#inTransaction.delete(connection));
  }
}
