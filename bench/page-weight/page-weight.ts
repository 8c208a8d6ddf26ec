/** Measures the weight of a job page's first view, and its time to a useful paint on a slow phone. */
import { join } from "node:path";
import { launchBrowser } from "../../test/support/browser.ts";
import type { PollingServer } from "../react-page/server.ts";
import { startApplication } from "../support/application.ts";
import { signUp } from "../support/person.ts";
import { startProgram } from "../support/program.ts";
import { atMost, type Row, within } from "../support/row.ts";
import { median } from "../support/statistics.ts";
import { measureWeight } from "./measure-weight.ts";
import { usefulPaint } from "./useful-paint.ts";

const repetitions = 5;
const limits = { script: 25, style: 12, requests: 4 };

export async function pageWeight(): Promise<Row[]> {
  const application = await startApplication();
  const polling = startProgram<PollingServer>(join(import.meta.dirname, "../react-page/server.ts"));
  const browser = await launchBrowser();
  try {
    const person = await signUp(application);
    const id = await person.start("steady", { seconds: 600, everyMs: 1_000 });
    await person.running(id);
    const { port } = await polling.call.listen({});
    const ours = { url: `${application.url}/jobs/${id}`, cookie: person.cookie };
    const theirs = { url: `http://127.0.0.1:${port}/jobs/${id}`, cookie: "" };

    const first = await measureWeight(browser, ours);
    const other = await measureWeight(browser, theirs);
    console.error(`  requests: ${first.requests.join(", ")}`);
    const paints = { ours: [] as number[], theirs: [] as number[] };
    for (let repetition = 0; repetition < repetitions; repetition++) {
      paints.ours.push(await usefulPaint(browser, ours));
      paints.theirs.push(await usefulPaint(browser, theirs));
    }
    const kilobytes = (what: string, bytes: number, limit: number) =>
      within({ what, ours: bytes / 1_000, unit: "kB", limit });
    return [
      kilobytes("script of the job page, gzip", first.script, limits.script),
      kilobytes("stylesheet, gzip", first.style, limits.style),
      within({
        what: "requests of the first view, without the stream",
        ours: first.requests.length,
        unit: "",
        limit: limits.requests,
      }),
      atMost({
        what: "transferred bytes of the first view",
        ours: first.sent / 1_000,
        baseline: other.sent / 1_000,
        unit: "kB",
        bar: 1,
        by: "React 19, TanStack Query 5",
      }),
      atMost({
        what: "time to useful paint, 150 ms, 1.6 Mbit/s, CPU / 4",
        ours: median(paints.ours),
        baseline: median(paints.theirs),
        unit: "ms",
        bar: 0.65,
        by: "React 19, TanStack Query 5",
      }),
    ];
  } finally {
    await browser.close();
    polling.stop();
    await application.stop();
  }
}
