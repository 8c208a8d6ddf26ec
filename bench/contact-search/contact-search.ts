/** Measures searches in a million contacts, on both databases, and how long it takes to index them. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openBackend } from "../../server/backend/open.ts";
import { indexContacts } from "../../server/contacts/search/index-contacts.ts";
import { insertJob } from "../../test/support/job-row.ts";
import { createDatabase, startCluster } from "../../test/support/postgres.ts";
import type { Visits } from "../many-jobs/visits.ts";
import { startApplication } from "../support/application.ts";
import { signUp } from "../support/person.ts";
import { startProgram } from "../support/program.ts";
import { figureOf, type Row, within } from "../support/row.ts";
import { percentile } from "../support/statistics.ts";
import { insertContacts } from "./insert-contacts.ts";

const count = 1_000_000;
const times = 100;
const pauseMs = 20;
const limitMs = 50;

/** Words of the names of a seventh or an eighth of all contacts, of their addresses, and of nobody. */
const searches: Record<string, string> = {
  "a rare word": "q=k3x9",
  "a frequent word": "q=lovelace",
  "a word of every contact": "q=example.com",
  "two frequent words": "q=ada+lovelace",
  "a frequent and a rare word": "q=hopper+k3x",
  "a word of nobody": "q=wolfeschlegel",
  "one letter": "q=a",
  "a part of a phone number": "q=30123",
  "the newest": "sort=newest",
};

export async function contactSearch(): Promise<Row[]> {
  const cluster = await startCluster();
  try {
    const url = await createDatabase(cluster.url, "contacts");
    return [...(await measure("Postgres", url)), ...(await measure("SQLite", ""))];
  } finally {
    await cluster.stop();
  }
}

async function measure(name: string, databaseUrl: string): Promise<Row[]> {
  const application = await startApplication({ entry: "web", databaseUrl });
  const visits = startProgram<Visits>(join(import.meta.dirname, "../many-jobs/visits.ts"));
  try {
    const { cookie } = await signUp(application);
    const seconds = await fill(databaseUrl || application.databaseFile);
    const { port } = application;
    const paths = Object.values(searches).map((query) => `/contacts?${query}`);
    const load = { port, cookie, paths, people: 1, pauseMs };
    await visits.call.measure({ ...load, times: times / 10 });
    const durations = await visits.call.measure({ ...load, times });
    for (const [search, query] of Object.entries(searches)) {
      const each = durations[`/contacts?${query}`]!;
      const [p50, p99] = [percentile(each, 50), percentile(each, 99)];
      console.error(`  ${name}: ${p50.toFixed(1)} and ${p99.toFixed(1)} ms, ${search}`);
    }
    const all = Object.values(durations).flat();
    const what = `page of a search in 1,000,000 contacts, ${name}`;
    return [
      within({ what: `${what}: p50`, ours: percentile(all, 50), unit: "ms", limit: limitMs }),
      within({ what: "  p99", ours: percentile(all, 99), unit: "ms", limit: limitMs }),
      figureOf("  indexing them behind an import", seconds, "s"),
    ];
  } finally {
    visits.stop();
    await application.stop();
  }
}

/** @returns the seconds that the indexing took */
async function fill(url: string): Promise<number> {
  const backend = await openBackend(url);
  const member = await backend.db.selectFrom("members").selectAll().executeTakeFirstOrThrow();
  const { account_id: accountId, user_id } = member;
  const job = await insertJob(backend, {
    ...{ kind: "contact_import", account_id: accountId, user_id },
    ...{ status: "done", finished_at: backend.now() },
  });
  await insertContacts(backend, { accountId, jobId: job.id }, count);
  const startedAt = performance.now();
  await indexContacts(backend, new AbortController().signal);
  const seconds = (performance.now() - startedAt) / 1_000;
  await backend.close();
  // Filling SQLite blocks the event loop, which then needs a moment to notice closed connections.
  await sleep(1_000);
  return seconds;
}
