/**
 * The baseline of an import into Postgres: what `\copy` of psql sends, the rows as they stand in the
 * file, into a table with the same columns, constraint and indexes.
 */
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import copyStreams from "pg-copy-streams";

/**
 * @param url of a database of the application, which keeps what it has
 * @returns seconds
 */
export async function copyIn(url: string, people: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query("create table copied (like contacts including all)");
    await settle(url);
    const startedAt = performance.now();
    const copy = client.query(copyStreams.from("copy copied from stdin (format csv)"));
    await pipeline(createReadStream(people), copy);
    const took = (performance.now() - startedAt) / 1_000;
    if (!copy.rowCount) throw new Error("The baseline copied nothing");
    await client.query("drop table copied");
    return took;
  } finally {
    await client.end();
  }
}

/** What was written before is on the disk, and weighs on nothing that is measured next. */
export async function settle(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query("checkpoint");
  await client.end();
}
