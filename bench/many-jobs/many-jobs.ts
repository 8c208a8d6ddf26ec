/** Measures filters and pages of the dashboard with a million jobs, on both databases. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openBackend } from "../../server/backend/open.ts";
import { fillWithJobs } from "../../test/support/many-jobs.ts";
import { createDatabase, startCluster } from "../../test/support/postgres.ts";
import { type Application, startApplication } from "../support/application.ts";
import { signUp } from "../support/person.ts";
import { startProgram } from "../support/program.ts";
import { type Row, within } from "../support/row.ts";
import { percentile } from "../support/statistics.ts";
import type { Visits } from "./visits.ts";

const count = 1_000_000;
const kinds = ["contact_import", "contact_export", "countdown"] as const;
const people = 8;
const pauseMs = 50;
const times = 100;
/** The number of older pages to follow from the first one. */
const olderPageCount = 3;
const limitMs = 50;

/** Lists of a person with few jobs, and of the account with most of them. */
const filters = [
  "/jobs",
  "/jobs?status=active",
  "/jobs?status=failed",
  "/jobs?type=countdown",
  "/jobs?scope=account",
  "/jobs?scope=account&status=active",
  "/jobs?scope=account&status=done",
  "/jobs?scope=account&status=cancelled",
  "/jobs?scope=account&type=countdown",
  "/jobs?scope=account&type=contact_export&status=failed",
  "/jobs?scope=account&q=import",
  "/jobs?scope=account&q=people",
  "/jobs?scope=account&q=rare",
  "/jobs?scope=account&q=people&type=countdown",
  "/jobs?scope=account&when=7d",
  "/jobs?q=people&when=30d",
  "/api/jobs?scope=account&status=finished",
];

export async function manyJobs(): Promise<Row[]> {
  const cluster = await startCluster();
  try {
    const url = await createDatabase(cluster.url, "many");
    return [await measure("Postgres", url), await measure("SQLite", "")];
  } finally {
    await cluster.stop();
  }
}

async function measure(name: string, databaseUrl: string): Promise<Row> {
  const application = await startApplication({ entry: "web", databaseUrl });
  const visits = startProgram<Visits>(join(import.meta.dirname, "visits.ts"));
  try {
    const { cookie } = await signUp(application);
    await fill(databaseUrl || application.databaseFile);
    const paths = [...filters, ...(await olderPages(application, cookie))];
    const { port } = application;
    const load = { port, cookie, paths, people, pauseMs };
    await visits.call.measure({ ...load, times: times / 10 });
    const durations = await visits.call.measure({ ...load, times });
    for (const [path, each] of Object.entries(durations)) {
      const [p50, p99] = [percentile(each, 50), percentile(each, 99)];
      console.error(`  ${name}: ${p50.toFixed(1)} and ${p99.toFixed(1)} ms, ${path.slice(0, 60)}`);
    }
    return within({
      what: `dashboard with 1,000,000 jobs in the table, ${name}: p99`,
      ours: percentile(Object.values(durations).flat(), 99),
      unit: "ms",
      limit: limitMs,
    });
  } finally {
    visits.stop();
    await application.stop();
  }
}

async function fill(url: string): Promise<void> {
  const backend = await openBackend(url);
  const member = await backend.db.selectFrom("members").selectAll().executeTakeFirstOrThrow();
  const who = {
    accountId: member.account_id,
    busyUserId: "somebody",
    quietUserId: member.user_id,
  };
  await fillWithJobs(backend, who, { count, kinds });
  await backend.close();
  // Filling SQLite blocks the event loop, which then needs a moment to notice closed connections.
  await sleep(1_000);
}

/** The paths of some older pages of the account's jobs, and of one in the middle. */
async function olderPages({ url }: Application, cookie: string): Promise<string[]> {
  const found: string[] = [];
  let path = "/jobs?scope=account&status=done";
  for (let page = 0; page < olderPageCount; page++) {
    const html = await (await fetch(url + path, { headers: { cookie } })).text();
    const link = /href="([^"]*[?&](?:amp;)?after=[^"]+)"/.exec(html)?.[1];
    if (!link) throw new Error(`${path} has no link to older jobs`);
    path = link.replaceAll("&amp;", "&");
    found.push(path);
  }
  const middle = `${Date.now() - 40 * 86_400_000}.0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f`;
  return [...found, `/jobs?scope=account&after=${middle}`];
}
