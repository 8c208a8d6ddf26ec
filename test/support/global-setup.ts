import type { TestProject } from "vitest/node";
import { buildAssets } from "../../server/assets/build.ts";
import { migratePostgres, migrateSqlite } from "./migrated-databases.ts";
import { startCluster } from "./postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Address of the cluster, empty without one. */
    postgresUrl: string;
    /** Name of a migrated database of the cluster, and path of a migrated SQLite file. */
    migrated: { postgres: string; sqlite: string };
  }
}

/** No test cuts the power under Postgres, so it need not wait for its disk. */
const settings = ["fsync=off", "full_page_writes=off"];

/** Builds the assets and starts the Postgres server that all test files share. */
export default async function setup(project: TestProject) {
  await buildAssets({ minify: true });
  const [sqlite, cluster] = await Promise.all([migrateSqlite(), startCluster(settings)]);
  project.provide("postgresUrl", cluster.url);
  project.provide("migrated", {
    postgres: await migratePostgres(cluster.url),
    sqlite: sqlite.path,
  });
  return async () => {
    await cluster.stop();
    await sqlite.remove();
  };
}
