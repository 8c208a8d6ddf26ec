/** Repairs the counters of running jobs, which claims and ends of jobs update. */
import { sql } from "kysely";
import type { Backend } from "../../backend/backend.ts";

/** Corrects the counters that differ from the number of running jobs at one time. */
export async function repairRunningCounters(backend: Backend): Promise<void> {
  const { rows: wrong } = await sql<{ id: string }>`
    select accounts.id from accounts left join (
      select account_id, count(*) as running from jobs where status = 'running'
      group by account_id) as counted on counted.account_id = accounts.id
    where accounts.running_jobs <> coalesce(counted.running, 0)`.execute(backend.db);
  for (const { id } of wrong) {
    await backend.write(async ({ db }) => {
      const account = db.updateTable("accounts").where("id", "=", id);
      // The first update locks the row, so that no claim changes the counter after the count.
      await account.set({ running_jobs: sql`running_jobs` }).execute();
      await account.set({ running_jobs: countOfRunning }).execute();
    });
  }
}

/** `finished_at is null` is redundant, but lets the database use the partial index. */
const countOfRunning = sql<number>`(
  select count(*) from jobs where jobs.account_id = accounts.id and jobs.status = 'running'
    and jobs.finished_at is null)`;
