/** Runs the files in `migrations/` once each, by name, all pending ones in one transaction. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Kysely, sql } from "kysely";
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from "kysely/migration";
import type { SchemaDialect } from "./backend.ts";
import { DatabaseRefused } from "./database-refused.ts";
import type { Schema } from "./schema.ts";

const folder = join(import.meta.dirname, "../../migrations");

/** The exports of a file in `migrations/`. */
export interface MigrationFile {
  up(db: Kysely<unknown>, dialect: SchemaDialect): Promise<void>;
}

/**
 * @throws DatabaseRefused if a newer version has migrated the database, and the error of a migration
 * that failed; the database is then unchanged
 */
export async function migrate(
  db: Kysely<Schema>,
  dialect: SchemaDialect,
  last?: string,
): Promise<void> {
  const migrations = await readMigrations(dialect);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  await refuseNewer(db, migrations);
  const { error } = await (last ? migrator.migrateTo(last) : migrator.migrateToLatest());
  if (error) throw error;
}

async function refuseNewer(
  db: Kysely<Schema>,
  migrations: Record<string, Migration>,
): Promise<void> {
  const unknown = (await appliedMigrations(db)).filter((name) => !(name in migrations));
  if (unknown.length === 0) return;
  throw new DatabaseRefused(
    `a newer version of Headway made or updated it (${unknown.join(", ")}). Start that version, or restore a backup from before the update`,
  );
}

/** @returns the names in their order; empty for a database without tables */
export async function appliedMigrations(db: Kysely<Schema>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === DEFAULT_MIGRATION_TABLE)) return [];
  const { rows } = await sql<{ name: string }>`
    select name from ${sql.table(DEFAULT_MIGRATION_TABLE)} order by name`.execute(db);
  return rows.map(({ name }) => name);
}

async function readMigrations(dialect: SchemaDialect): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const name of (await readdir(folder)).sort()) {
    if (!name.endsWith(".ts")) continue;
    const file: MigrationFile = await import(pathToFileURL(join(folder, name)).href);
    migrations[name.slice(0, -3)] = { up: (db) => file.up(db, dialect) };
  }
  return migrations;
}
