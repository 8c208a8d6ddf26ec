/** Measures the bytes that a browser transfers in a minute on a running job's page, beside polling. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { launchBrowser } from "../../test/support/browser.ts";
import type { PollingServer } from "../react-page/server.ts";
import { startApplication } from "../support/application.ts";
import { cookiesFor } from "../support/cookies.ts";
import { countingProxy } from "../support/counting-proxy.ts";
import { signUp } from "../support/person.ts";
import { startProgram } from "../support/program.ts";
import { atMost, type Row } from "../support/row.ts";

/** The time after which the first view has loaded, ms. */
const settleMs = 5_000;
const minuteMs = 60_000;
const everyMs = 1_000;

export async function bytesPerMinute(): Promise<Row[]> {
  const application = await startApplication();
  const polling = startProgram<PollingServer>(join(import.meta.dirname, "../react-page/server.ts"));
  const browser = await launchBrowser();
  try {
    const person = await signUp(application);
    const id = await person.start("steady", { seconds: 100, everyMs });
    const ours = await countingProxy(application.port);
    const theirs = await countingProxy((await polling.call.listen({})).port);
    for (const { port } of [ours, theirs]) {
      const url = `http://127.0.0.1:${port}`;
      const context = await browser.newContext();
      await context.addCookies(cookiesFor(url, person.cookie));
      const page = await context.newPage();
      await page.goto(`${url}/jobs/${id}`);
      await page.waitForSelector("progress[value]");
    }
    const [watching] = browser.contexts();
    await watching!.pages()[0]!.getByText("Live", { exact: true }).waitFor();
    await sleep(settleMs);
    const before = { ours: ours.bytes, theirs: theirs.bytes };
    await sleep(minuteMs);
    const row = atMost({
      what: "bytes per minute of a job's page, 1 change a second",
      ours: (ours.bytes - before.ours) / 1_000,
      baseline: (theirs.bytes - before.theirs) / 1_000,
      unit: "kB",
      bar: 1,
      by: "JSON polled every 3 s",
    });
    ours.close();
    theirs.close();
    return [row];
  } finally {
    await browser.close();
    polling.stop();
    await application.stop();
  }
}
