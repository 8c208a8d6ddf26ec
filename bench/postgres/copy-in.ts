/**
 * The baseline of an import into Postgres: `COPY` of the prepared rows, as `\copy` of psql sends them,
 * into a table with the same columns, constraint and indexes.
 */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import copyStreams from "pg-copy-streams";

/**
 * @param url a database of the application, which stays unchanged
 * @returns seconds
 */
export async function copyIn(url: string, people: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query("create table copied (like contacts including all)");
    await checkpoint(url);
    const startedAt = performance.now();
    const copy = client.query(copyStreams.from("copy copied from stdin (format csv)"));
    await pipeline(createReadStream(people), copy);
    const seconds = (performance.now() - startedAt) / 1_000;
    if (!copy.rowCount) throw new Error("The baseline copied nothing");
    await client.query("drop table copied");
    return seconds;
  } finally {
    await client.end();
  }
}

/** Flushes earlier writes to disk, so that they do not weigh on the next measurement. */
export async function checkpoint(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query("checkpoint");
  await client.end();
}
