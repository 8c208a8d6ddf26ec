/** Starts the Postgres server of a test run and creates a database for each test file. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "../../server/commands/scaled/free-port.ts";
import {
  type Cluster,
  startCluster as start,
} from "../../server/commands/scaled/postgres-cluster.ts";

export async function startCluster(): Promise<Cluster> {
  const dir = await mkdtemp(join(tmpdir(), "headway-postgres-"));
  // As root, Postgres runs as another user, who needs access to the folder.
  await chmod(dir, 0o755);
  const cluster = await start({
    dir: join(dir, "data"),
    port: await freePort(),
    persistent: false,
  });
  return {
    ...cluster,
    async stop() {
      await cluster.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** @returns the address of a new, empty database */
export async function createDatabase(clusterUrl: string, name: string): Promise<string> {
  const client = new pg.Client(clusterUrl);
  await client.connect();
  try {
    await client.query(`drop database if exists "${name}" with (force)`);
    await client.query(`create database "${name}"`);
  } finally {
    await client.end();
  }
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  return url.href;
}
