/** Starts the Postgres server of a test run, and creates and drops its databases. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "../../server/commands/scaled/free-port.ts";
import {
  type Cluster,
  startCluster as start,
} from "../../server/commands/scaled/postgres-cluster.ts";

/** @param settings such as `fsync=off` */
export async function startCluster(settings: readonly string[] = []): Promise<Cluster> {
  const dir = await mkdtemp(join(tmpdir(), "headway-postgres-"));
  // As root, Postgres runs as another user, who needs access to the folder.
  await chmod(dir, 0o755);
  const cluster = await start({
    dir: join(dir, "data"),
    port: await freePort(),
    persistent: false,
    settings,
  });
  return {
    ...cluster,
    async stop() {
      await cluster.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/**
 * @param template a database to copy, to which nobody is connected
 * @returns the address of a new database, which is empty without a template
 */
export async function createDatabase(
  clusterUrl: string,
  name: string,
  template = "template1",
): Promise<string> {
  await dropDatabase(clusterUrl, name);
  await query(clusterUrl, `create database "${name}" template "${template}"`);
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Drops a database, whoever is connected to it. */
export async function dropDatabase(clusterUrl: string, name: string): Promise<void> {
  await query(clusterUrl, `drop database if exists "${name}" with (force)`);
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
