/**
 * Measures the web process's CPU time for each delivered frame and its memory for each stream, beside
 * bare `node:http` that writes as many bytes at the same pace to as many connections.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startApplication } from "../support/application.ts";
import { type Inspector, inspect } from "../support/inspector.ts";
import { signUp } from "../support/person.ts";
import { startProgram } from "../support/program.ts";
import { atMost, type Row, within } from "../support/row.ts";
import { median } from "../support/statistics.ts";
import { warmUp } from "../support/warm-up.ts";
import type { BareServer } from "./bare-server.ts";
import type { JobChanges } from "./job-changes.ts";
import type { Receivers } from "./receivers.ts";

const count = 5_000;
const perSecond = 4;
const sliceMs = 6_000;
/** The pause in which earlier frames arrive before a slice begins, ms. */
const settleMs = 1_500;
const repetitions = 3;

export async function fanOut(): Promise<Row[]> {
  const programs = {
    receivers: startProgram<Receivers>(join(import.meta.dirname, "receivers.ts")),
    changes: startProgram<JobChanges>(join(import.meta.dirname, "job-changes.ts")),
    bare: startProgram<BareServer>(join(import.meta.dirname, "bare-server.ts")),
  };
  try {
    const port = await programs.bare.call.listen({});
    const topics = Array<string>(count).fill("");
    await programs.receivers.call.open({ group: "bare", port, cookie: "", topics, times: false });
    return [
      ...(await watching("a job of its own", count, programs)),
      ...(await watching("one job shared", 1, programs)),
    ];
  } finally {
    for (const program of Object.values(programs)) program.stop();
  }
}

/** @param jobs the number of jobs that the streams watch */
async function watching(what: string, jobs: number, programs: Programs): Promise<Row[]> {
  const { receivers, changes } = programs;
  // A new process for each case, because freed memory stays with a process.
  const application = await startApplication({ entry: "web", inspect: true });
  const web = await inspect(application.inspector);
  try {
    const { cookie } = await signUp(application);
    const { port, databaseFile: database } = application;
    const ids = await changes.call.create({ database, count: jobs });
    await warmUp(application.url, cookie);
    const before = await web.settledMemory();
    const topics = Array.from({ length: count }, (_, at) => `job:${ids[at % jobs]}`);
    await receivers.call.open({ group: "ours", port, cookie, topics, times: false });
    await sleep(settleMs);
    const memory = ((await web.settledMemory()) - before) / count;
    const { ours, theirs } = await compare(programs, web, ids);
    await receivers.call.close("ours");
    return [
      atMost({
        what: `CPU per delivery, ${count} streams, ${what}`,
        ours: median(ours),
        baseline: median(theirs),
        unit: "µs",
        bar: 2,
        by: "node:http, same bytes",
      }),
      within({ what: "  memory per stream", ours: memory / 1_000, unit: "kB", limit: 20 }),
    ];
  } finally {
    web.close();
    await application.stop();
  }
}

interface Programs {
  receivers: ReturnType<typeof startProgram<Receivers>>;
  changes: ReturnType<typeof startProgram<JobChanges>>;
  bare: ReturnType<typeof startProgram<BareServer>>;
}

/** @returns the CPU time of a delivery for each repetition, µs */
async function compare(
  { receivers, changes, bare }: Programs,
  web: Inspector,
  ids: readonly string[],
): Promise<{ ours: number[]; theirs: number[] }> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    await changes.call.start({ ids: [...ids], perSecond, times: false });
    const ourSlice = await slice(receivers, "ours", () => web.cpu());
    await changes.call.stop({});
    ours.push(ourSlice.cost);
    await sleep(settleMs);

    await bare.call.start({ bytes: ourSlice.bytes, perSecond });
    const other = await slice(receivers, "bare", () => bare.call.cpu({}));
    await bare.call.stop({});
    theirs.push(other.cost);
    await sleep(settleMs);
    console.error(
      `  ${ourSlice.rate.toFixed(2)} frames a second and stream of ${ourSlice.bytes} bytes at ${ourSlice.cost.toFixed(1)} µs; ` +
        `bare: ${other.rate.toFixed(2)} at ${other.cost.toFixed(1)} µs`,
    );
  }
  return { ours, theirs };
}

async function slice(
  receivers: Programs["receivers"],
  group: string,
  cpu: () => Promise<number>,
): Promise<{ cost: number; bytes: number; rate: number }> {
  await sleep(settleMs);
  const before = {
    ...(await receivers.call.count(group)),
    cpu: await cpu(),
    at: performance.now(),
  };
  await sleep(sliceMs);
  const after = { ...(await receivers.call.count(group)), cpu: await cpu(), at: performance.now() };
  const frames = after.frames - before.frames;
  // Chunked encoding adds a hexadecimal length and two line ends to each frame.
  const bytes = Math.round((after.bytes - before.bytes) / frames) - 7;
  return {
    cost: ((after.cpu - before.cpu) * 1_000) / frames,
    bytes,
    rate: (frames * 1_000) / (after.at - before.at) / count,
  };
}
