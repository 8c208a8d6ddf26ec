import type { TestProject } from "vitest/node";
import { buildAssets } from "../../server/assets/build.ts";
import { startCluster } from "./postgres.ts";

declare module "vitest" {
  interface ProvidedContext {
    postgresUrl: string;
  }
}

/** Builds the assets and starts the Postgres server that all test files share. */
export default async function setup(project: TestProject) {
  await buildAssets({ minify: true });
  const cluster = await startCluster();
  project.provide("postgresUrl", cluster.url);
  return () => cluster.stop();
}
