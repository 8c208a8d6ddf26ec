/**
 * Measures the limits of one Postgres server for signals: notifications a second with many listeners,
 * and rows read by id. SCALING.md derives the limits of many machines from these.
 */
import pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { openBackend } from "../../server/backend/open.ts";
import { createJobReader } from "../../server/engine/job-reader.ts";
import { createDatabase, startCluster } from "../../test/support/postgres.ts";
import { figureOf, type Row } from "../support/row.ts";

const seconds = 3;
const senders = 8;
const listenerCounts = [1, 10, 100, 250];
const rowsAtOnce = 250;
const jobs = 5_000;

export async function physicalLimits(): Promise<Row[]> {
  const cluster = await startCluster();
  try {
    const url = await createDatabase(cluster.url, "limits");
    return [...(await notifications(url)), ...(await reads(url))];
  } finally {
    await cluster.stop();
  }
}

async function notifications(url: string): Promise<Row[]> {
  const rows: Row[] = [];
  const pool = new pg.Pool({ connectionString: url, max: senders });
  const listeners: pg.Client[] = [];
  const payload = Array.from({ length: 50 }, () => uuidv7()).join(",");
  for (const count of listenerCounts) {
    while (listeners.length < count) {
      const client = new pg.Client(url);
      await client.connect();
      await client.query("listen headway_bench");
      listeners.push(client);
    }
    const sent = await countFor(seconds, senders, async () => {
      await pool.query("select pg_notify('headway_bench', $1)", [payload]);
    });
    rows.push(figureOf(`notifications per second, ${count} listeners`, sent / seconds, ""));
  }
  await Promise.all(listeners.map((client) => client.end()));
  await pool.end();
  return rows;
}

async function reads(url: string): Promise<Row[]> {
  const backend = await openBackend(url);
  await backend.migrate();
  await backend.db
    .insertInto("accounts")
    .values({ id: "bench", name: "Bench", created_at: 0 })
    .execute();
  const ids = Array.from({ length: jobs }, () => uuidv7());
  const job = {
    account_id: "bench",
    user_id: "bench",
    kind: "nothing",
    status: "running" as const,
  };
  const columns = { input: "{}", run_at: 0, created_at: 0, max_retries: 3, timeout_ms: 1 };
  for (let from = 0; from < jobs; from += rowsAtOnce) {
    const batch = ids.slice(from, from + rowsAtOnce);
    await backend.db
      .insertInto("jobs")
      .values(batch.map((id) => ({ ...job, ...columns, id })))
      .execute();
  }
  const reader = createJobReader({ backend, catalog: new Map() });
  let at = 0;
  const done = await countFor(seconds, senders, async () => {
    at = (at + rowsAtOnce) % jobs;
    await reader.summaries(ids.slice(at, at + rowsAtOnce));
  });
  await backend.close();
  return [
    figureOf("rows of jobs read by a web process per second", (done * rowsAtOnce) / seconds, ""),
  ];
}

/** Repeats the work in parallel lanes for some seconds. @returns the number of times */
async function countFor(
  seconds: number,
  lanes: number,
  work: () => Promise<void>,
): Promise<number> {
  const until = performance.now() + seconds * 1_000;
  let done = 0;
  const lane = async () => {
    for (; performance.now() < until; done++) await work();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return done;
}
