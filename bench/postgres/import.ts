/** Measures an import of a million rows in random order into Postgres, beside `\copy`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { createDatabase, startCluster } from "../../test/support/postgres.ts";
import { csvOf, tableOf, writeLines } from "../import/csv.ts";
import { startApplication } from "../support/application.ts";
import { signUp } from "../support/person.ts";
import { atLeast, type Row, within } from "../support/row.ts";
import { median } from "../support/statistics.ts";
import { checkpoint, copyIn } from "./copy-in.ts";

const many = 1_000_000;
const repetitions = 3;
const pollMs = 10;

interface Imported {
  seconds: number;
  /** The longest transaction during the import, ms. */
  longest: number;
}

export async function imports(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "headway-people-"));
  const people = join(folder, "people.csv");
  const prepared = join(folder, "rows.csv");
  await writeLines(people, csvOf(many));
  await writeLines(prepared, tableOf(many));
  const cluster = await startCluster();
  try {
    const ours: Imported[] = [];
    const theirs: number[] = [];
    for (let time = 0; time < repetitions; time++) {
      const url = await createDatabase(cluster.url, `import-${time}`);
      ours.push(await importOnce(url, people));
      theirs.push(await copyIn(url, prepared));
      const { seconds, longest } = ours.at(-1)!;
      console.error(
        `  ${seconds.toFixed(1)} s, transactions up to ${longest.toFixed(0)} ms; copied in ${theirs.at(-1)!.toFixed(1)} s`,
      );
    }
    return rowsOf(ours, theirs);
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Measures one import from the start to the end of its job. */
async function importOnce(url: string, people: string): Promise<Imported> {
  const application = await startApplication({ databaseUrl: url });
  try {
    const person = await signUp(application);
    const upload_id = await person.upload(people);
    await checkpoint(url);
    const longest = await longestTransaction(url);
    const startedAt = performance.now();
    await person.finished(await person.start("contact_import", { upload_id }));
    const seconds = (performance.now() - startedAt) / 1_000;
    return { seconds, longest: await longest() };
  } finally {
    await application.stop();
  }
}

/** Polls the application's transactions. @returns a function that stops and returns the longest, ms */
async function longestTransaction(url: string): Promise<() => Promise<number>> {
  const client = new pg.Client(url);
  await client.connect();
  let longest = 0;
  const poll = async () => {
    const { rows } = await client.query<{ ms: number | null }>(`
      select max(extract(epoch from clock_timestamp() - xact_start) * 1000)::float8 as ms
      from pg_stat_activity where application_name = 'headway' and datname = current_database()`);
    longest = Math.max(longest, rows[0]!.ms ?? 0);
  };
  let polling = true;
  const done = (async () => {
    for (; polling; await new Promise((resolve) => setTimeout(resolve, pollMs))) await poll();
    await client.end();
  })();
  return async () => {
    polling = false;
    await done;
    return longest;
  };
}

function rowsOf(ours: Imported[], theirs: number[]): Row[] {
  return [
    atLeast({
      what: "import of 1,000,000 rows into Postgres",
      ours: many / median(ours.map(({ seconds }) => seconds)),
      baseline: many / median(theirs),
      unit: "rows/s",
      bar: 0.5,
      by: "\\copy, same table and indexes",
    }),
    within({
      what: "  longest transaction",
      ours: median(ours.map(({ longest }) => longest)),
      unit: "ms",
      limit: 250,
    }),
  ];
}
