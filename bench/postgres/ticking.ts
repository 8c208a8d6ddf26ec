/** A worker with many jobs in one process, which all report progress at a steady pace. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { readCatalog } from "../../server/catalog.ts";
import { start } from "../../server/engine/start/start.ts";
import { startWorker } from "../support/worker.ts";

const pollMs = 250;
/** More ticks than the jobs reach. */
const times = 100_000;

export interface Ticking {
  /** The number of updates stored so far, over all jobs. */
  updates(): Promise<number>;
  /** Polls the rows for `ms`. @returns the ages of the last updates at each poll, ms */
  lags(ms: number): Promise<number[]>;
}

/** Calls `work` while all jobs run, then cancels them. */
export async function whileTicking<T>(
  { url, jobs, everyMs }: { url: string; jobs: number; everyMs: number },
  work: (ticking: Ticking) => Promise<T>,
): Promise<T> {
  const backend = await openBackend(url);
  await prepare(backend, jobs);
  const settings = { CONCURRENCY: String(jobs), RUNNERS: "1" };
  const worker = await startWorker({ databaseUrl: url, settings });
  try {
    const catalog = await readCatalog([join(import.meta.dirname, "../kinds")]);
    const request = { kind: "ticking", accountId: "bench", userId: "somebody" };
    for (let job = 0; job < jobs; job++) {
      await start(backend, catalog, { ...request, input: { times, everyMs } });
    }
    while ((await running(backend)).length < jobs) await sleep(pollMs);
    const result = await work({
      async updates() {
        return (await running(backend)).reduce((sum, { step_done }) => sum + step_done, 0);
      },
      async lags(ms) {
        const ages: number[] = [];
        for (const until = Date.now() + ms; Date.now() < until; await sleep(pollMs)) {
          const now = Date.now();
          const rows = await running(backend);
          if (rows.length < jobs) throw new Error(`Only ${rows.length} jobs run`);
          ages.push(...rows.map(({ message }) => now - Number(message)));
        }
        return ages;
      },
    });
    await backend.db.updateTable("jobs").set({ cancel_requested_at: backend.now() }).execute();
    while ((await running(backend)).length > 0) await sleep(pollMs);
    return result;
  } finally {
    await worker.stop();
    await backend.close();
  }
}

async function prepare(backend: Backend, jobs: number): Promise<void> {
  await backend.migrate();
  await backend.db
    .insertInto("accounts")
    .values({ id: "bench", name: "", max_running_jobs: jobs, created_at: 0 })
    .execute();
}

function running({ db }: Backend) {
  return db
    .selectFrom("jobs")
    .select(["step_done", "message"])
    .where("status", "=", "running")
    .execute();
}
