import type { TestProject } from "vitest/node";
import { buildAssets } from "../../server/assets/build.ts";
import { migrateSqlite } from "../support/migrated-databases.ts";

export default async function setup(project: TestProject) {
  await buildAssets({ minify: true });
  const sqlite = await migrateSqlite();
  project.provide("migrated", { postgres: "", sqlite: sqlite.path });
  return sqlite.remove;
}
