/**
 * Simulates running jobs for a web process: inserts their rows, and writes their progress as runners
 * do, for all jobs in one statement.
 */
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import type { ProgressRow } from "../../server/engine/run/progress-state.ts";
import { progressWriter } from "../../server/engine/run/progress-writer.ts";
import { serveCalls } from "../support/program.ts";

export type JobChanges = typeof jobChanges;

const total = 1_000_000;
const hour = 3_600_000;
/** The same interval as the engine's. */
const eventEveryMs = 1_000;

const workerId = "simulated";

let backend: Backend;
let timer: NodeJS.Timeout | undefined;
let done = 0;

const jobChanges = serveCalls({
  /** Inserts running jobs. @returns their ids */
  async create({ database, count }: { database: string; count: number }): Promise<string[]> {
    backend = await openBackend(database);
    const owner = await backend.db
      .selectFrom("members")
      .select(["account_id", "user_id"])
      .executeTakeFirstOrThrow();
    const ids = Array.from({ length: count }, () => uuidv7());
    await backend.write(async ({ db }) => {
      await db.insertInto("workers").values(worker(backend.now())).execute();
      for (const id of ids) await db.insertInto("jobs").values(running(id, owner)).execute();
      for (const id of ids) await db.insertInto("job_steps").values(step(id)).execute();
    });
    return ids;
  },
  /** Writes progress of all jobs, `perSecond` times a second. */
  start({ ids, perSecond, times }: { ids: string[]; perSecond: number; times: boolean }): void {
    const write = progressWriter(backend);
    let lastEventAt = 0;
    let writing = false;
    timer = setInterval(async () => {
      if (writing) return;
      writing = true;
      const at = backend.now();
      const sampled = at - lastEventAt >= eventEveryMs;
      if (sampled) {
        lastEventAt = at;
        await sendHeartbeat(at);
      }
      done = (done + 423) % total;
      await write(
        ids.map((id) => progressOf(id, at, sampled, messageOf(times))),
        new Map(),
      );
      writing = false;
    }, 1_000 / perSecond);
  },
  stop(_: object): void {
    clearInterval(timer);
  },
});

/** Without one, pages say that jobs wait for a worker, in place of what the jobs say. */
async function sendHeartbeat(at: number): Promise<void> {
  const beat = backend.db.updateTable("workers").set({ last_heartbeat_at: at });
  await beat.where("id", "=", workerId).execute();
}

function worker(at: number) {
  const process = { host: "localhost", pid: 0 };
  return { ...process, id: workerId, last_heartbeat_at: at, started_at: at };
}

function running(id: string, owner: { account_id: string; user_id: string }) {
  const at = Date.now();
  return {
    ...owner,
    id,
    kind: "contact_import",
    status: "running" as const,
    input: "{}",
    run_at: at,
    created_at: at,
    started_at: at,
    claimed_at: at,
    last_progress_at: at,
    max_retries: 3,
    timeout_ms: hour,
    fence: 1,
    current_step: 0,
  };
}

function step(id: string) {
  const status = "running" as const;
  return { job_id: id, position: 0, name: "Saving contacts", weight: 1, status };
}

/** @param times whether the message carries the time of the write, for measuring delays */
function messageOf(times: boolean): string {
  return times ? `sent ${Date.now()}` : `${done} contacts found`;
}

function progressOf(id: string, at: number, sampled: boolean, message: string): ProgressRow {
  return {
    id,
    fence: 1,
    done,
    total,
    progress: done / total,
    message,
    at,
    etaEarliest: at + 100_000,
    waitingUntil: null,
    waitingFor: null,
    etaLatest: at + 120_000,
    sampled: sampled ? 1 : 0,
  };
}
