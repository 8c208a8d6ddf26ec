/**
 * A thousand jobs in one worker process that tell of progress ten times a second each, and what
 * that costs Postgres, beside a statement for each update.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase, startCluster } from "../../test/support/postgres.ts";
import { median, percentile } from "../support/figures.ts";
import { startProgram } from "../support/program.ts";
import { atLeast, atMost, type Row, within } from "../support/row.ts";
import { serverCpu } from "../support/server-cpu.ts";
import type { OneEach } from "./one-each.ts";
import { whileTicking } from "./ticking.ts";

const jobs = 1_000;
const everyMs = 100;
const perSecond = (jobs * 1_000) / everyMs;
const settleMs = 3_000;
const measureMs = 10_000;
const repetitions = 3;

export async function progress(): Promise<Row[]> {
  const cluster = await startCluster();
  const each = startProgram<OneEach>(join(import.meta.dirname, "one-each.ts"));
  try {
    await each.call.create({ url: await createDatabase(cluster.url, "each"), count: jobs });
    const ours: Measured[] = [];
    const theirs: Measured[] = [];
    const behind: number[] = [];
    const measure = async (work: () => Promise<number>): Promise<Measured> => {
      const [cpu, at] = [serverCpu(cluster.pid), performance.now()];
      const updates = await work();
      const seconds = (performance.now() - at) / 1_000;
      return { cpu: ((serverCpu(cluster.pid) - cpu) * 1_000) / updates, rate: updates / seconds };
    };
    for (let time = 0; time < repetitions; time++) {
      const url = await createDatabase(cluster.url, `together-${time}`);
      await whileTicking({ url, jobs, everyMs }, async (ticking) => {
        await sleep(settleMs);
        const took = await measure(async () => {
          const before = await ticking.told();
          behind.push(...(await ticking.behind(measureMs)));
          return (await ticking.told()) - before;
        });
        ours.push(took);
      });
      theirs.push(await measure(() => each.call.run({ ms: measureMs, perSecond })));
      console.error(`  ${told(ours.at(-1)!)}; a statement each: ${told(theirs.at(-1)!)}`);
    }
    return rowsOf(ours, theirs, behind);
  } finally {
    each.stop();
    await cluster.stop();
  }
}

interface Measured {
  /** Of the server, for one update; µs. */
  cpu: number;
  /** Updates a second. */
  rate: number;
}

const told = ({ cpu, rate }: Measured) => `${cpu.toFixed(1)} µs at ${rate.toFixed(0)} a second`;

function rowsOf(ours: Measured[], theirs: Measured[], behind: number[]): Row[] {
  return [
    atMost({
      what: `Postgres' CPU for an update of progress, ${jobs} jobs, ${1_000 / everyMs} a second each`,
      ours: median(ours.map(({ cpu }) => cpu)),
      baseline: median(theirs.map(({ cpu }) => cpu)),
      unit: "µs",
      bar: 1 / 8,
      by: "a statement each",
    }),
    atLeast({
      what: "  updates taken a second",
      ours: median(ours.map(({ rate }) => rate)),
      baseline: perSecond,
      unit: "",
      bar: 0.95,
      by: "all there are",
    }),
    within({
      what: "  rows behind what was last told, p99",
      ours: percentile(behind, 99),
      unit: "ms",
      limit: 1_000,
    }),
  ];
}
