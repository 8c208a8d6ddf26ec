/**
 * For a pooler that lends a session for one transaction at a time: there each transaction says its
 * limits itself, for what a session was told before belongs to somebody else by now.
 */
import {
  CompiledQuery,
  type DatabaseConnection,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
  type TransactionSettings,
} from "kysely";
import { limits } from "./pool.ts";

export class PooledDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;
  readonly #limits: string;

  constructor(config: PostgresDialectConfig, statementMs: number) {
    super(config);
    this.#config = config;
    this.#limits = Object.entries(limits(statementMs))
      .map(([name, ms]) => `set local ${name} = ${ms}`)
      .join("; ");
  }

  override createDriver(): PostgresDriver {
    return new PooledDriver(this.#config, this.#limits);
  }
}

class PooledDriver extends PostgresDriver {
  readonly #limits: string;

  constructor(config: PostgresDialectConfig, limits: string) {
    super(config);
    this.#limits = limits;
  }

  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings) {
    await super.beginTransaction(connection, settings);
    await connection.executeQuery(CompiledQuery.raw(this.#limits));
  }
}
