/**
 * Runs the migrations of kinds, `jobs/<kind>/migrations/*.ts`, once each, all pending ones in one
 * transaction. They have a record of their own, so that their names never come between ours: an update
 * of Headway brings migrations with names that sort before those of a kind.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import type { SchemaDialect } from "./backend.ts";
import { appliedMigrations, type MigrationFile } from "./migrate.ts";
import type { Schema } from "./schema.ts";

const recordTable = "kind_migrations";

/**
 * @param folders those of the kinds. Default: none
 * @throws the error of a migration that failed, or made a table that is not named after its kind; then
 *   none of them has changed the database
 */
export async function migrateKinds(
  db: Kysely<Schema>,
  dialect: SchemaDialect,
  folders: readonly string[] = [],
): Promise<void> {
  const migrations = await readMigrations(dialect, folders);
  const applied = await appliedMigrations(db, recordTable);
  if (Object.keys(migrations).every((name) => applied.includes(name))) return;
  // A kind may have been removed, or belong to a folder of another process. Its tables stay.
  for (const name of applied) migrations[name] ??= { up: async () => {} };
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableName: recordTable,
    migrationLockTableName: `${recordTable}_lock`,
    // A migration of one kind may be newer than those of the kinds behind it.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

async function readMigrations(
  dialect: SchemaDialect,
  folders: readonly string[],
): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const folder of folders) {
    const entries = await readdir(folder, { withFileTypes: true });
    const kinds = entries.filter((entry) => entry.isDirectory());
    for (const { name: kind } of kinds) {
      // A folder without a kind of its name is a library.
      if (!entries.some(({ name }) => name === `${kind}.ts`)) continue;
      for (const path of await listFiles(join(folder, kind, "migrations"))) {
        const name = `${kind}/${path.split("/").at(-1)!.slice(0, -".ts".length)}`;
        const file: MigrationFile = await import(pathToFileURL(path).href);
        migrations[name] = { up: (db) => runNamed(kind, path, db, () => file.up(db, dialect)) };
      }
    }
  }
  return migrations;
}

async function listFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith(".ts"))
    .sort()
    .map((name) => join(folder, name));
}

/** Tables are named after their kind, so that no later version of Headway brings one of the same name. */
async function runNamed(
  kind: string,
  path: string,
  db: Kysely<unknown>,
  up: () => Promise<void>,
): Promise<void> {
  const before = await tableNames(db);
  await up();
  for (const name of await tableNames(db)) {
    if (before.has(name) || name === kind || name.startsWith(`${kind}_`)) continue;
    throw new Error(`${path} makes the table "${name}". Name it "${kind}_${name}"`);
  }
}

async function tableNames(db: Kysely<unknown>): Promise<ReadonlySet<string>> {
  const tables = await db.introspection.getTables();
  return new Set(tables.map(({ name }) => name));
}
