/** Measures the time from a call of `progress` in a runner to the receipt of a frame with it. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startApplication } from "../support/application.ts";
import { signUp } from "../support/person.ts";
import { startProgram } from "../support/program.ts";
import { type Row, within } from "../support/row.ts";
import { percentile } from "../support/statistics.ts";
import type { Receivers } from "./receivers.ts";

const count = 1_000;
const seconds = 20;
const everyMs = 250;

export async function delays(): Promise<Row[]> {
  const application = await startApplication();
  const receivers = startProgram<Receivers>(join(import.meta.dirname, "receivers.ts"));
  try {
    const { port } = application;
    const { cookie, start, running } = await signUp(application);
    const id = await start("steady", { seconds: seconds + 10, everyMs, times: true });
    await running(id);
    const group = "delays";
    const topics = Array<string>(count).fill(`job:${id}`);
    await receivers.call.open({ group, port, cookie, topics, times: true });
    await sleep(2_000);
    await receivers.call.waits(group);
    await sleep(seconds * 1_000);
    const waits = await receivers.call.waits(group);
    const expected = (count * seconds * 1_000) / everyMs;
    console.error(`  ${waits.length} of about ${expected} updates seen by ${count} streams`);
    const row = (share: number, limit: number) =>
      within({
        what: `progress() to receipt, ${count} streams, p${share}`,
        ours: percentile(waits, share),
        unit: "ms",
        limit,
      });
    return [row(50, 200), row(99, 500)];
  } finally {
    receivers.stop();
    await application.stop();
  }
}
