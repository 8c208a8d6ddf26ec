/**
 * Kysely's Postgres dialect behind a pooler that lends a session for one transaction at a time. Each
 * transaction sets its limits itself, because the next one may get another session.
 */
import {
  CompiledQuery,
  type DatabaseConnection,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
  type TransactionSettings,
} from "kysely";
import { sessionLimits } from "./pool.ts";

export class PooledDialect extends PostgresDialect {
  protected readonly config: PostgresDialectConfig;
  protected readonly setLimits: string;

  constructor(config: PostgresDialectConfig, statementTimeoutMs: number) {
    super(config);
    this.config = config;
    this.setLimits = Object.entries(sessionLimits(statementTimeoutMs))
      .map(([name, ms]) => `set local ${name} = ${ms}`)
      .join("; ");
  }

  override createDriver(): PostgresDriver {
    return new PooledDriver(this.config, this.setLimits);
  }
}

export class PooledDriver extends PostgresDriver {
  protected readonly setLimits: string;

  constructor(config: PostgresDialectConfig, setLimits: string) {
    super(config);
    this.setLimits = setLimits;
  }

  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings) {
    await super.beginTransaction(connection, settings);
    await connection.executeQuery(CompiledQuery.raw(this.setLimits));
  }
}
