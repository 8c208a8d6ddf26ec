import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { backends, openTestBackend } from "../support/backends.ts";

test("frequent updates of jobs do not spread them over many pages of Postgres", async () => {
  const postgres = backends.find(({ name }) => name === "postgres")!;
  const { backend, close } = await openTestBackend(postgres);
  onTestFinished(close);
  await sql`insert into jobs (id, kind, account_id, user_id, status, input, run_at, created_at,
      max_retries, timeout_ms)
    select 'job-' || number, 'any', 'account-1', 'someone', 'running', '{}', 1, 1, 3, 1
    from generate_series(1, 500) as number`.execute(backend.db);
  const pages = async () => {
    const { rows } = await sql<{ pages: number }>`
      select pg_relation_size('jobs') / 8192 as pages`.execute(backend.db);
    return rows[0]!.pages;
  };
  const growth = async () => {
    await sql`vacuum full jobs`.execute(backend.db);
    const before = await pages();
    for (let time = 0; time < 60; time++) {
      await sql`update jobs set step_done = step_done + 1, version = version + 1`.execute(
        backend.db,
      );
    }
    return (await pages()) / before;
  };
  // Without free space on its pages the table would grow to thirty times its size. Long transactions
  // of other tests keep old rows as well, so one time of several counts.
  await expect.poll(growth).toBeLessThan(15);
});
