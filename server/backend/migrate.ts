/** Runs the files in `migrations/` once each, by name, all pending ones in one transaction. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { SchemaDialect } from "./backend.ts";
import type { Schema } from "./schema.ts";

const folder = join(import.meta.dirname, "../../migrations");

/** The exports of a file in `migrations/`. */
export interface MigrationFile {
  up(db: Kysely<unknown>, dialect: SchemaDialect): Promise<void>;
}

/** @throws the error of the migration that failed; the database is then unchanged */
export async function migrate(db: Kysely<Schema>, dialect: SchemaDialect): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => readMigrations(dialect) } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
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
