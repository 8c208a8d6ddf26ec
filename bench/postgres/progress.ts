/**
 * Measures what a thousand jobs in one worker cost Postgres while each reports progress ten times a
 * second, beside a statement for each update.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase, startCluster } from "../../test/support/postgres.ts";
import { processCpu } from "../support/process-cpu.ts";
import { startProgram } from "../support/program.ts";
import { atLeast, atMost, type Row, within } from "../support/row.ts";
import { median, percentile } from "../support/statistics.ts";
import type { StatementPerUpdate } from "./statement-per-update.ts";
import { whileTicking } from "./ticking.ts";

const jobs = 1_000;
const everyMs = 100;
const perSecond = (jobs * 1_000) / everyMs;
const settleMs = 3_000;
const measureMs = 10_000;
const repetitions = 3;

export async function progress(): Promise<Row[]> {
  const cluster = await startCluster();
  const each = startProgram<StatementPerUpdate>(
    join(import.meta.dirname, "statement-per-update.ts"),
  );
  try {
    await each.call.create({ url: await createDatabase(cluster.url, "each"), count: jobs });
    const ours: Measured[] = [];
    const theirs: Measured[] = [];
    const lags: number[] = [];
    const measure = async (work: () => Promise<number>): Promise<Measured> => {
      const [cpu, at] = [processCpu(cluster.pid), performance.now()];
      const updates = await work();
      const seconds = (performance.now() - at) / 1_000;
      return { cpu: ((processCpu(cluster.pid) - cpu) * 1_000) / updates, rate: updates / seconds };
    };
    for (let time = 0; time < repetitions; time++) {
      const url = await createDatabase(cluster.url, `together-${time}`);
      await whileTicking({ url, jobs, everyMs }, async (ticking) => {
        await sleep(settleMs);
        const measured = await measure(async () => {
          const before = await ticking.updates();
          lags.push(...(await ticking.lags(measureMs)));
          return (await ticking.updates()) - before;
        });
        ours.push(measured);
      });
      theirs.push(await measure(() => each.call.run({ ms: measureMs, perSecond })));
      console.error(
        `  ${formatMeasured(ours.at(-1)!)}; a statement each: ${formatMeasured(theirs.at(-1)!)}`,
      );
    }
    return rowsOf(ours, theirs, lags);
  } finally {
    each.stop();
    await cluster.stop();
  }
}

interface Measured {
  /** The server's CPU time for one update, µs. */
  cpu: number;
  /** Updates per second. */
  rate: number;
}

const formatMeasured = ({ cpu, rate }: Measured) =>
  `${cpu.toFixed(1)} µs at ${rate.toFixed(0)} a second`;

function rowsOf(ours: Measured[], theirs: Measured[], lags: number[]): Row[] {
  return [
    atMost({
      what: `progress of ${jobs} jobs, ${1_000 / everyMs} updates a second each: Postgres CPU per update`,
      ours: median(ours.map(({ cpu }) => cpu)),
      baseline: median(theirs.map(({ cpu }) => cpu)),
      unit: "µs",
      bar: 1 / 8,
      by: "a statement per update",
    }),
    atLeast({
      what: "  stored updates per second",
      ours: median(ours.map(({ rate }) => rate)),
      baseline: perSecond,
      unit: "",
      bar: 0.95,
      by: "all updates",
    }),
    within({
      what: "  age of the stored progress, p99",
      ours: percentile(lags, 99),
      unit: "ms",
      limit: 1_000,
    }),
  ];
}
