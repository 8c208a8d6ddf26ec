/** Starts jobs one by one: as our web process does, or with graphile-worker's `addJob`. */
import { join } from "node:path";
import { Logger, makeWorkerUtils, type WorkerUtils } from "graphile-worker";
import { sql } from "kysely";
import pg from "pg";
import { v7 as uuidv7 } from "uuid";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { type Catalog, readCatalog } from "../../server/catalog.ts";
import { start } from "../../server/engine/start/start.ts";
import { serveCalls } from "../support/program.ts";

export type JobStarter = typeof jobStarter;

/** The number of people, each with an account and its limit of running jobs. */
const people = 10;
const accountOf = (person: number) => `account-${person}`;

let backend: Backend;
let catalog: Catalog;
let utils: WorkerUtils;
let pool: pg.Pool;

const jobStarter = serveCalls({
  /** Opens two databases of one server, so that neither sees rows of the other. */
  async open(given: { ours: string; bare: string }): Promise<void> {
    backend = await openBackend(given.ours);
    await backend.migrate();
    await backend.db
      .insertInto("accounts")
      .values(
        Array.from({ length: people }, (_, person) => ({
          id: accountOf(person),
          name: "Somebody",
          created_at: 0,
        })),
      )
      .execute();
    await fill(backend);
    catalog = await readCatalog([join(import.meta.dirname, "../kinds")]);
    pool = new pg.Pool({ connectionString: given.bare, max: 20 });
    pool.on("error", () => {});
    pool.on("connect", (client) => client.on("error", () => {}));
    utils = await makeWorkerUtils({ pgPool: pool, logger: new Logger(() => () => {}) });
  },
  /** @returns the time from the first start to the end of the last job, ms */
  async ours({ count }: { count: number }): Promise<number> {
    const at = performance.now();
    await each(count, (person) => {
      const who = { accountId: accountOf(person), userId: `person-${person}` };
      const request = { kind: "nothing", input: {}, idempotencyKey: uuidv7(), ...who };
      return start(backend, catalog, request);
    });
    await until(async () => {
      const unfinished = await backend.db
        .selectFrom("jobs")
        .select((eb) => eb.fn.countAll().as("count"))
        .where("finished_at", "is", null)
        .executeTakeFirstOrThrow();
      return Number(unfinished.count) === 0;
    });
    return performance.now() - at;
  },
  async bare({ count }: { count: number }): Promise<number> {
    const at = performance.now();
    await each(count, () => utils.addJob("nothing", { id: uuidv7() }, { jobKey: uuidv7() }));
    await until(async () => {
      const { rows } = await pool.query("select 1 from graphile_worker._private_jobs limit 1");
      return rows.length === 0;
    });
    return performance.now() - at;
  },
});

/** Fills the table and updates its statistics, because the planner chooses badly for an empty one. */
async function fill({ db }: Backend): Promise<void> {
  await sql`insert into jobs (id, kind, account_id, user_id, status, input, run_at, created_at,
      finished_at, max_retries, timeout_ms)
    select 'ended-' || n, 'nothing', 'account-' || n % ${people}::int, 'person-' || n % ${people}::int,
      'done', '{}', n, n, n, 3, 1 from generate_series(1, 20000) as n`.execute(db);
  await sql`vacuum analyze jobs`.execute(db);
}

/** Adds jobs one by one, in parallel for each person. */
async function each(count: number, add: (person: number) => Promise<unknown>): Promise<void> {
  let remaining = count;
  const adding = async (_: unknown, person: number) => {
    while (remaining-- > 0) await add(person);
  };
  await Promise.all(Array.from({ length: people }, adding));
}

async function until(isMet: () => Promise<boolean>): Promise<void> {
  while (!(await isMet())) await new Promise((resolve) => setTimeout(resolve, 20));
}
