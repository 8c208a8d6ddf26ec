/**
 * Measures the throughput of jobs that do nothing on Postgres, with start, claim, events, finish and
 * signals, beside graphile-worker alone, which deletes finished jobs.
 */
import { join } from "node:path";
import { createDatabase, startCluster } from "../../test/support/postgres.ts";
import { startProgram } from "../support/program.ts";
import { atLeast, type Row } from "../support/row.ts";
import { median } from "../support/statistics.ts";
import { startWorker } from "../support/worker.ts";
import type { BareGraphileWorker } from "./bare-graphile-worker.ts";
import type { JobStarter } from "./job-starter.ts";

const count = 2_000;
const concurrency = 20;
const repetitions = 5;

export async function jobThroughput(): Promise<Row[]> {
  const cluster = await startCluster();
  const adder = startProgram<JobStarter>(join(import.meta.dirname, "job-starter.ts"));
  const graphile = startProgram<BareGraphileWorker>(
    join(import.meta.dirname, "bare-graphile-worker.ts"),
  );
  try {
    const ours = await createDatabase(cluster.url, "ours");
    const bare = await createDatabase(cluster.url, "bare");
    await graphile.call.listen({ url: bare, concurrency });
    await adder.call.open({ ours, bare });
    const worker = await startWorker({
      databaseUrl: ours,
      settings: { CONCURRENCY: String(concurrency) },
    });
    const rates: Record<"ours" | "bare", number[]> = { ours: [], bare: [] };
    const measure = async (which: "ours" | "bare", jobs: number) =>
      (jobs * 1_000) / (await adder.call[which]({ count: jobs }));
    await measure("ours", 100);
    await measure("bare", 100);
    for (let time = 0; time < repetitions; time++) {
      for (const which of ["ours", "bare"] as const) rates[which].push(await measure(which, count));
      console.error(
        `  ${rates.ours.at(-1)!.toFixed(0)} and ${rates.bare.at(-1)!.toFixed(0)} jobs/s`,
      );
    }
    await worker.stop();
    await graphile.call.stop({});
    return [
      atLeast({
        what: "throughput of jobs that do nothing, started one by one, Postgres",
        ours: median(rates.ours),
        baseline: median(rates.bare),
        unit: "jobs/s",
        bar: 0.5,
        by: "graphile-worker alone",
      }),
    ];
  } finally {
    adder.stop();
    graphile.stop();
    await cluster.stop();
  }
}
