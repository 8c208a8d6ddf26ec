/**
 * The baseline of progress: each update is a statement of its own, with its event and notification,
 * over a pool. The statement is prepared once and as durable as ours, so this is the cheapest variant.
 */
import { setImmediate as turn } from "node:timers/promises";
import pg from "pg";
import { v7 as uuidv7 } from "uuid";
import { openBackend } from "../../server/backend/open.ts";
import { serveCalls } from "../support/program.ts";

export type StatementPerUpdate = typeof statementPerUpdate;

const connections = 10;
/** The same interval as the engine's. */
const eventEveryMs = 1_000;
const hour = 3_600_000;

const statement = `
  with updated as (
    update jobs set step_done = $3, step_total = $4, progress = $5, message = $6,
      last_progress_at = $7, version = version + 1, event_seq = event_seq + $8::int
    where id = $1 and fence = $2 and status = 'running' returning id, event_seq),
  noted as (
    insert into job_events (job_id, seq, type, details, created_at)
    select id, event_seq, 'progress', $9, $7 from updated where $8::int = 1)
  select pg_notify('headway_jobs', id) from updated`;

let pool: pg.Pool;
let ids: string[];

const statementPerUpdate = serveCalls({
  /** Inserts running jobs into an empty database. */
  async create({ url, count }: { url: string; count: number }): Promise<void> {
    const backend = await openBackend(url);
    await backend.migrate();
    await backend.db
      .insertInto("accounts")
      .values({ id: "bench", name: "", created_at: 0 })
      .execute();
    ids = Array.from({ length: count }, () => uuidv7());
    await backend.db.insertInto("jobs").values(ids.map(running)).execute();
    await backend.close();
    pool = new pg.Pool({
      connectionString: url,
      max: connections,
      options: "-c synchronous_commit=off",
    });
  },
  /** Updates all jobs in turn at that pace, or as fast as possible. @returns the number of updates */
  async run({ ms, perSecond }: { ms: number; perSecond: number }): Promise<number> {
    const startedAt = Date.now();
    const passed = () => Date.now() - startedAt;
    let updates = 0;
    await Promise.all(
      Array.from({ length: connections }, async () => {
        while (passed() < ms) {
          if (updates < (passed() / 1_000) * perSecond) await update(updates++);
          else await turn();
        }
      }),
    );
    return updates;
  },
});

/** The time of each job's last event. */
const lastEventAt = new Map<string, number>();

async function update(number: number): Promise<void> {
  const id = ids[number % ids.length]!;
  const now = Date.now();
  const sampled = now - (lastEventAt.get(id) ?? 0) >= eventEveryMs;
  if (sampled) lastEventAt.set(id, now);
  const done = Math.floor(number / ids.length);
  const details = JSON.stringify({ done, total: 100_000, progress_pct: 0 });
  const values = [id, 1, done, 100_000, done / 100_000, String(now), now, Number(sampled), details];
  await pool.query({ name: "update", text: statement, values });
}

function running(id: string) {
  const at = Date.now();
  return {
    id,
    account_id: "bench",
    user_id: "somebody",
    kind: "ticking",
    status: "running" as const,
    input: "{}",
    run_at: at,
    created_at: at,
    started_at: at,
    last_progress_at: at,
    max_retries: 3,
    timeout_ms: hour,
    fence: 1,
    current_step: 0,
  };
}
