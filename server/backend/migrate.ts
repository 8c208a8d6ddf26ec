/** Runs the files in `migrations/` once each, by name, all pending ones in one transaction. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Kysely, sql } from "kysely";
import { DEFAULT_MIGRATION_TABLE, type Migration, Migrator } from "kysely/migration";
import type { MigrateOptions, SchemaDialect } from "./backend.ts";
import { DatabaseRefused } from "./database-refused.ts";
import type { Schema } from "./schema.ts";

const folder = join(import.meta.dirname, "../../migrations");

/** The exports of a file in `migrations/`. */
export interface MigrationFile {
  up(db: Kysely<unknown>, dialect: SchemaDialect): Promise<void>;
}

/**
 * A migration with this end of its name takes away or changes what earlier versions rely on. All others
 * only add to it, and earlier versions go on working beside the newer one.
 */
export const breakingEnd = "_breaking";

/**
 * @returns the names of the migrations that this version does not know; empty without `acceptNewer`
 * @throws DatabaseRefused if a newer version has migrated the database, and the error of a migration
 * that failed; the database is then unchanged
 */
export async function migrate(
  db: Kysely<Schema>,
  dialect: SchemaDialect,
  { last, acceptNewer = false }: MigrateOptions = {},
): Promise<string[]> {
  const migrations = await readMigrations(dialect);
  const applied = await appliedMigrations(db);
  const unknown = applied.filter((name) => !(name in migrations));
  if (unknown.length > 0) {
    const isComplete = Object.keys(migrations).every((name) => applied.includes(name));
    const isBroken = unknown.some((name) => name.endsWith(breakingEnd));
    if (acceptNewer && isComplete && !isBroken) return unknown;
    throw new DatabaseRefused(
      `a newer version of Headway made or updated it (${unknown.join(", ")}). Start that version, or restore a backup from before the update`,
    );
  }
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await (last ? migrator.migrateTo(last) : migrator.migrateToLatest());
  if (error) throw error;
  return [];
}

/** @returns the names in their order; empty for a database without tables */
export async function appliedMigrations(
  db: Kysely<Schema>,
  table = DEFAULT_MIGRATION_TABLE,
): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === table)) return [];
  const { rows } = await sql<{ name: string }>`
    select name from ${sql.table(table)} order by name`.execute(db);
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
