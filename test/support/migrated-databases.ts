/**
 * Databases that are migrated once for a run of tests. A test copies one, which is many times faster
 * than to migrate its own.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openBackend } from "../../server/backend/open.ts";
import { createDatabase } from "./postgres.ts";

/** @returns the path of a migrated SQLite file, and a function that deletes it */
export async function migrateSqlite(): Promise<{ path: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), "headway-migrated-"));
  const path = join(dir, "headway.db");
  await migrate(path);
  return { path, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** @returns the name of a migrated database in the cluster */
export async function migratePostgres(clusterUrl: string): Promise<string> {
  const name = "migrated";
  await migrate(await createDatabase(clusterUrl, name));
  return name;
}

async function migrate(url: string): Promise<void> {
  const backend = await openBackend(url);
  await backend.migrate();
  await backend.close();
}
