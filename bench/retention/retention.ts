/** Measures pages while jobs are deleted after their retention, on both databases. */
import { join } from "node:path";
import { sql } from "kysely";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { deleteExpiredJobs } from "../../server/maintenance/expired-jobs.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { analyse, fillWithJobs } from "../../test/support/many-jobs.ts";
import { createDatabase, startCluster } from "../../test/support/postgres.ts";
import type { Visits } from "../many-jobs/visits.ts";
import { startApplication } from "../support/application.ts";
import { signUp } from "../support/person.ts";
import { startProgram } from "../support/program.ts";
import { figureOf, type Row, within } from "../support/row.ts";
import { percentile } from "../support/statistics.ts";

const count = 100_000;
const kinds = ["contact_import", "contact_export", "countdown"] as const;
/** Rows of each table for each job: a usual job has so many. */
const rowsPerJob = { job_steps: 4, job_events: 6, job_logs: 6 };
/** Three quarters of the jobs ended before it. */
const retentionMs = 20 * 86_400_000;
const paths = ["/jobs", "/jobs?scope=account", "/jobs?scope=account&status=done", "/contacts"];
const load = { paths, people: 6, pauseMs: 50, times: 300 };
const limitMs = 200;

export async function retention(): Promise<Row[]> {
  const cluster = await startCluster();
  try {
    const url = await createDatabase(cluster.url, "retention");
    return [...(await measure("Postgres", url)), ...(await measure("SQLite", ""))];
  } finally {
    await cluster.stop();
  }
}

async function measure(name: string, databaseUrl: string): Promise<Row[]> {
  const application = await startApplication({ entry: "web", databaseUrl });
  const visits = startProgram<Visits>(join(import.meta.dirname, "../many-jobs/visits.ts"));
  const backend = await openBackend(databaseUrl || application.databaseFile);
  try {
    const { cookie } = await signUp(application);
    await fill(backend);
    const visit = () => visits.call.measure({ ...load, port: application.port, cookie });
    await visit();
    const atRest = Object.values(await visit()).flat();
    const before = await countJobs(backend);
    const stores = { backend, storage: createDiskStorage(application.storageDir) };
    const stopping = new AbortController();
    const startedAt = performance.now();
    const deleting = deleteExpiredJobs(stores, retentionMs, stopping.signal);
    const during = Object.values(await visit()).flat();
    stopping.abort();
    await deleting;
    const seconds = (performance.now() - startedAt) / 1_000;
    console.error(
      `  ${name}: p50 ${percentile(during, 50).toFixed(1)} ms during, ${percentile(atRest, 50).toFixed(1)} at rest`,
    );
    return [
      within({
        what: `page while old jobs are deleted, ${name}: p99`,
        ours: percentile(during, 99),
        unit: "ms",
        limit: limitMs,
        baseline: { value: percentile(atRest, 99), by: "at rest" },
      }),
      within({ what: "  the slowest page", ours: Math.max(...during), unit: "ms", limit: limitMs }),
      figureOf("  jobs deleted", (before - (await countJobs(backend))) / seconds, "/s"),
    ];
  } finally {
    visits.stop();
    await backend.close();
    await application.stop();
  }
}

async function fill(backend: Backend): Promise<void> {
  const { db } = backend;
  const { account_id: accountId, user_id: busyUserId } = await db
    .selectFrom("members")
    .selectAll()
    .executeTakeFirstOrThrow();
  await fillWithJobs(backend, { accountId, busyUserId, quietUserId: "quiet" }, { count, kinds });
  const ended = sql`from jobs where finished_at is not null`;
  for (let n = 1; n <= rowsPerJob.job_steps; n++) {
    await sql`insert into job_steps (job_id, position, name, weight, status)
      select id, ${sql.lit(n)}, 'Step', 1, 'done' ${ended}`.execute(db);
  }
  for (let n = 1; n <= rowsPerJob.job_events; n++) {
    await sql`insert into job_events (job_id, seq, type, created_at)
      select id, ${sql.lit(n)}, 'created', created_at ${ended}`.execute(db);
  }
  for (let n = 1; n <= rowsPerJob.job_logs; n++) {
    await sql`insert into job_logs (job_id, seq, level, message, created_at)
      select id, ${sql.lit(n)}, 'info', 'A line of the log', created_at ${ended}`.execute(db);
  }
  await analyse(backend, Object.keys(rowsPerJob));
}

async function countJobs({ db }: Backend): Promise<number> {
  const query = db.selectFrom("jobs").select((eb) => eb.fn.countAll().as("n"));
  return Number((await query.executeTakeFirstOrThrow()).n);
}
