/** Measures the dashboard while a thousand jobs of its account change four times a second. */
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Visits } from "../many-jobs/visits.ts";
import type { JobChanges } from "../streams/job-changes.ts";
import { startApplication } from "../support/application.ts";
import { signUp } from "../support/person.ts";
import { processCpu } from "../support/process-cpu.ts";
import { startProgram } from "../support/program.ts";
import { type Row, within } from "../support/row.ts";
import { percentile } from "../support/statistics.ts";
import { streamRequest } from "../support/stream-request.ts";
import { warmUp } from "../support/warm-up.ts";

const count = 1_000;
const perSecond = 4;
const rowsOnPage = 50;
const watchedMs = 20_000;
const paths = ["/jobs", "/jobs?scope=account", "/jobs?status=running"];
const limits = { usualMs: 20, pageMs: 60, cores: 0.1 };

export async function changingDashboard(): Promise<Row[]> {
  const application = await startApplication({ entry: "web" });
  const changes = startProgram<JobChanges>(join(import.meta.dirname, "../streams/job-changes.ts"));
  const visits = startProgram<Visits>(join(import.meta.dirname, "../many-jobs/visits.ts"));
  try {
    const { cookie } = await signUp(application);
    const { port, pid, url } = application;
    const ids = await changes.call.create({ database: application.databaseFile, count });
    await warmUp(url, cookie);
    const list = connect(port, "127.0.0.1");
    const rows = ids.slice(-rowsOnPage).map((id) => `row:${id}`);
    list.write(streamRequest(port, cookie, ["jobs:account", ...rows].join(",")));
    let bytes = 0;
    list.on("data", (chunk) => {
      bytes += chunk.length;
    });

    await changes.call.start({ ids, perSecond, times: false });
    await sleep(2_000);
    const [before, sent] = [processCpu(pid), bytes];
    await sleep(watchedMs);
    const cores = (processCpu(pid) - before) / watchedMs;
    console.error(
      `  ${Math.round((bytes - sent) / (watchedMs / 1_000))} bytes a second to the page`,
    );
    const load = { port, cookie, paths, people: 4, pauseMs: 50 };
    const durations = Object.values(await visits.call.measure({ ...load, times: 100 })).flat();
    await changes.call.stop({});
    list.destroy();
    const rate = `${count.toLocaleString("en")} jobs change ${perSecond} times a second`;
    return [
      within({
        what: `dashboard of ${rowsOnPage} rows while ${rate}, p50`,
        ours: percentile(durations, 50),
        unit: "ms",
        limit: limits.usualMs,
      }),
      within({
        what: "  the same, p99",
        ours: percentile(durations, 99),
        unit: "ms",
        limit: limits.pageMs,
      }),
      within({
        what: "  CPU of the web process with one open dashboard",
        ours: cores,
        unit: "cores",
        limit: limits.cores,
      }),
    ];
  } finally {
    visits.stop();
    changes.stop();
    await application.stop();
  }
}
