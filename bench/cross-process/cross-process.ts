/**
 * Measures the time from the commit of a runner's progress to its receipt on the streams of a web
 * process, which shares only Postgres with that runner.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDatabase, startCluster } from "../../test/support/postgres.ts";
import type { JobChanges } from "../streams/job-changes.ts";
import type { Receivers } from "../streams/receivers.ts";
import { startApplication } from "../support/application.ts";
import { signUp } from "../support/person.ts";
import { startProgram } from "../support/program.ts";
import { type Row, within } from "../support/row.ts";
import { percentile } from "../support/statistics.ts";

const streams = 1_000;
const jobs = 200;
const perSecond = 4;
const seconds = 20;

export async function crossProcess(): Promise<Row[]> {
  const cluster = await startCluster();
  const receivers = startProgram<Receivers>(join(import.meta.dirname, "../streams/receivers.ts"));
  const changes = startProgram<JobChanges>(join(import.meta.dirname, "../streams/job-changes.ts"));
  const databaseUrl = await createDatabase(cluster.url, "across");
  const web = await startApplication({ entry: "web", databaseUrl });
  try {
    const { cookie } = await signUp(web);
    const ids = await changes.call.create({ database: databaseUrl, count: jobs });
    const topics = Array.from({ length: streams }, (_, at) => `job:${ids[at % jobs]}`);
    const group = "across";
    await receivers.call.open({ group, port: web.port, cookie, topics, times: true });
    await changes.call.start({ ids, perSecond, times: true });
    await sleep(2_000);
    await receivers.call.waits(group);
    await sleep(seconds * 1_000);
    const waits = await receivers.call.waits(group);
    console.error(`  ${waits.length} of ${streams * seconds * perSecond} updates seen`);
    const row = (share: number, limit: number) =>
      within({
        what: `commit to receipt from another process, ${streams} streams, ${jobs} jobs, p${share}`,
        ours: percentile(waits, share),
        unit: "ms",
        limit,
      });
    return [row(50, 60), row(99, 250)];
  } finally {
    receivers.stop();
    changes.stop();
    await web.stop();
    await cluster.stop();
  }
}
