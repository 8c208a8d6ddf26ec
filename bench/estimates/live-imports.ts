/**
 * Measures the error of the estimated end in real imports: a first one into a new database, and one
 * with the history of that. Polls the API as a program does.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase, startCluster } from "../../test/support/postgres.ts";
import { csvOf, writeLines } from "../import/csv.ts";
import { type Application, startApplication } from "../support/application.ts";
import { type Person, signUp } from "../support/person.ts";
import type { Row } from "../support/row.ts";

const sizes = [10_000, 100_000, 1_000_000, 2_000_000];
const seeds = { first: 1, second: 2 };
/** Times as shares of the run. */
const shares = [0.1, 0.25, 0.4, 0.5, 0.75];
/** From this share on the limit holds. */
const limitFrom = 0.4;
const maxError = { first: 0.1, second: 0.05 };
const pollMs = 20;

interface Sample {
  /** Ms since 1970. */
  at: number;
  /** Middle of the estimated range, ms since 1970; null if there is no estimate. */
  end: number | null;
}

export async function liveImports(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "headway-estimates-"));
  const cluster = await startCluster();
  const rows: Row[] = [];
  try {
    for (const size of sizes) {
      const paths = { first: join(folder, "first.csv"), second: join(folder, "second.csv") };
      await writeLines(paths.first, csvOf(size, seeds.first));
      await writeLines(paths.second, csvOf(size, seeds.second));
      const url = await createDatabase(cluster.url, `estimates-${size}`);
      for (const [backend, databaseUrl] of Object.entries({ SQLite: "", Postgres: url })) {
        const application = await startApplication({ databaseUrl });
        try {
          const person = await signUp(application);
          for (const turn of ["first", "second"] as const) {
            const errors = await measureErrors(application, person, paths[turn]);
            rows.push(rowOf(`${size.toLocaleString("en")} rows on ${backend}`, turn, errors));
          }
        } finally {
          await application.stop();
        }
      }
    }
    return rows;
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the error at each of `shares`, as a share of the run; null if there is no estimate */
async function measureErrors(application: Application, person: Person, path: string) {
  const id = await person.start("contact_import", { upload_id: await person.upload(path) });
  const samples: Sample[] = [];
  for (;;) {
    const headers = { authorization: `Bearer ${person.token}` };
    const answer = await fetch(`${application.url}/api/jobs/${id}`, { headers });
    const job = (await answer.json()) as JobAnswer;
    const { eta, started_at, completed_at, error_message } = job;
    if (error_message) throw new Error(`The import failed: ${error_message}`);
    const end = eta && (Date.parse(eta.from) + Date.parse(eta.to)) / 2;
    if (completed_at) return errorsOf(samples, Date.parse(started_at!), Date.parse(completed_at));
    samples.push({ at: Date.now(), end });
    await sleep(pollMs);
  }
}

interface JobAnswer {
  eta: { from: string; to: string } | null;
  started_at: string | null;
  completed_at: string | null;
  error_message: string | null;
}

function errorsOf(samples: readonly Sample[], from: number, to: number): (number | null)[] {
  return shares.map((share) => {
    const latest = samples.findLast(({ at }) => at <= from + share * (to - from));
    return latest?.end == null ? null : Math.abs(latest.end - to) / (to - from);
  });
}

function rowOf(what: string, turn: keyof typeof maxError, errors: (number | null)[]): Row {
  const limit = maxError[turn];
  const limited = errors.filter((_, at) => shares[at]! >= limitFrom);
  return {
    what: `error of the estimated end, ${what}, ${turn === "first" ? "first import" : "with history"}`,
    ours: `${errors.map((error) => (error === null ? "-" : Math.round(error * 100))).join(", ")} %`,
    baseline: "",
    ratio: null,
    bar: `≤ ${limit * 100} % from ${limitFrom * 100} % on`,
    met: limited.every((error) => error !== null && error <= limit + 0.005),
  };
}
