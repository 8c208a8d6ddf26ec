/**
 * Measures how long the first job of a new account waits while 50 accounts with 100 long jobs each share
 * 20 slots, and what making room for it costs: the work done beside that of jobs for which nobody waits.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { type Catalog, readCatalog } from "../../server/catalog.ts";
import { cancel } from "../../server/engine/cancel.ts";
import { start } from "../../server/engine/start/start.ts";
import { createDatabase, startCluster } from "../../test/support/postgres.ts";
import { atLeast, type Row, within } from "../support/row.ts";
import { percentile } from "../support/statistics.ts";
import { startWorker } from "../support/worker.ts";

const slots = 20;
const accounts = 50;
const jobsPerAccount = 100;
/** Until each of the accounts had a first slot. */
const settleMs = 90_000;
const undisturbedMs = 60_000;
const newcomers = 30;
const newcomerEveryMs = 8_000;
/** A countdown of an hour does one item a second and saves a checkpoint for each. */
const long = { from: 3_600 };
const short = { from: 5 };

export async function fairness(): Promise<Row[]> {
  const cluster = await startCluster();
  const dir = mkdtempSync(join(tmpdir(), "headway-bench-"));
  try {
    return [
      ...(await measure("SQLite", join(dir, "headway.db"), { STORAGE_DIR: dir })),
      ...(await measure("Postgres", await createDatabase(cluster.url, "fairness"), {})),
    ];
  } finally {
    await cluster.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(name: string, url: string, settings: Record<string, string>) {
  const backend = await openBackend(url);
  await backend.migrate();
  const catalog = await readCatalog([join(import.meta.dirname, "../../jobs")]);
  const worker = await startWorker({
    databaseUrl: url.startsWith("postgres") ? url : "",
    settings: { CONCURRENCY: String(slots), LOG_LEVEL: "info", ...settings },
  });
  try {
    const parts = { backend, catalog };
    const undisturbed = await measureUndisturbed(parts);
    const { waits, rate } = await measureNewcomers(parts);
    console.error(`  waits on ${name}: ${waits.map((ms) => (ms / 1_000).toFixed(1)).join(" ")} s`);
    return [
      within({
        what: `first start of ${newcomers} new accounts, ${accounts} × ${jobsPerAccount} jobs on ${slots} slots, ${name} (p99)`,
        ours: percentile(waits, 99) / 1_000,
        unit: "s",
        limit: 10,
      }),
      atLeast({
        what: `work of all slots while they make room, ${name}`,
        ours: rate,
        baseline: undisturbed,
        unit: "items/s",
        bar: 0.97,
        by: "nobody waits",
      }),
    ];
  } finally {
    await worker.stop();
    await backend.close();
  }
}

interface Parts {
  backend: Backend;
  catalog: Catalog;
}

/** @returns items a second of jobs that fill all slots */
async function measureUndisturbed({ backend, catalog }: Parts): Promise<number> {
  const ids: string[] = [];
  for (let n = 0; n < slots; n++) {
    const accountId = `alone-${n % 4}`;
    if (n < 4) await addAccount(backend, accountId);
    ids.push(await startJob({ backend, catalog }, accountId, long));
  }
  await until(async () => (await countRunning(backend)) === slots);
  await sleep(5_000);
  const rate = await measureRate(backend, () => sleep(undisturbedMs));
  for (const id of ids) await cancel({ backend, catalog }, id, "person-1");
  await until(async () => (await countRunning(backend)) === 0);
  return rate;
}

/** @returns the wait of each newcomer, ms, and the items a second of all jobs meanwhile */
async function measureNewcomers(parts: Parts): Promise<{ waits: number[]; rate: number }> {
  const { backend } = parts;
  for (let n = 0; n < accounts; n++) {
    await addAccount(backend, `account-${n}`);
    for (let job = 0; job < jobsPerAccount; job++) await startJob(parts, `account-${n}`, long);
  }
  await until(async () => (await countRunning(backend)) === slots);
  await sleep(settleMs);
  const ids: string[] = [];
  const rate = await measureRate(backend, async () => {
    for (let n = 0; n < newcomers; n++) {
      await addAccount(backend, `new-${n}`);
      ids.push(await startJob(parts, `new-${n}`, short));
      await sleep(newcomerEveryMs);
    }
  });
  const waits: number[] = [];
  for (const id of ids) waits.push(await waitOf(backend, id));
  return { waits, rate };
}

/** @returns items of all jobs a second while the work goes on */
async function measureRate(backend: Backend, work: () => Promise<unknown>): Promise<number> {
  const [before, startedAt] = [await countItems(backend), performance.now()];
  await work();
  const [after, endedAt] = [await countItems(backend), performance.now()];
  return ((after - before) * 1_000) / (endedAt - startedAt);
}

async function countItems({ db }: Backend): Promise<number> {
  const { items } = await db
    .selectFrom("jobs")
    .select((eb) => eb.fn.sum<number>("succeeded").as("items"))
    .executeTakeFirstOrThrow();
  return Number(items);
}

async function countRunning({ db }: Backend): Promise<number> {
  const { running } = await db
    .selectFrom("jobs")
    .select((eb) => eb.fn.countAll().as("running"))
    .where("status", "=", "running")
    .executeTakeFirstOrThrow();
  return Number(running);
}

async function waitOf({ db }: Backend, id: string): Promise<number> {
  for (;;) {
    const jobs = db.selectFrom("jobs").select(["started_at", "created_at"]).where("id", "=", id);
    const { started_at, created_at } = await jobs.executeTakeFirstOrThrow();
    if (started_at !== null) return started_at - created_at;
    await sleep(100);
  }
}

async function addAccount({ db, now }: Backend, id: string): Promise<void> {
  await db.insertInto("accounts").values({ id, name: id, created_at: now() }).execute();
}

async function startJob(
  { backend, catalog }: Parts,
  accountId: string,
  input: { from: number },
): Promise<string> {
  const request = { kind: "countdown", input, accountId, userId: "person-1" };
  return (await start(backend, catalog, request)).job.id;
}

async function until(isMet: () => Promise<boolean>): Promise<void> {
  while (!(await isMet())) await sleep(100);
}
