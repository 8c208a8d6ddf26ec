/** The accounts' counters of running jobs: claims and ends keep them, and here they are mended. */
import { sql } from "kysely";
import type { Backend } from "../../backend/backend.ts";

/** Sets counters right that differ from what runs. What changes meanwhile is left to the next time. */
export async function repairRunningCounters(backend: Backend): Promise<void> {
  const { rows: wrong } = await sql<{ id: string }>`
    select accounts.id from accounts left join (
      select account_id, count(*) as running from jobs where status = 'running'
      group by account_id) as counted on counted.account_id = accounts.id
    where accounts.running_jobs <> coalesce(counted.running, 0)`.execute(backend.db);
  for (const { id } of wrong) {
    await backend.write(async ({ db }) => {
      const account = db.updateTable("accounts").where("id", "=", id);
      // Touching the row first locks it, so that no claim comes between the count and its keeping.
      await account.set({ running_jobs: sql`running_jobs` }).execute();
      await account.set({ running_jobs: countOfRunning }).execute();
    });
  }
}

/** Conditions that say more than is asked, for they are those of an index. */
const countOfRunning = sql<number>`(
  select count(*) from jobs where jobs.account_id = accounts.id and jobs.status = 'running'
    and jobs.finished_at is null)`;
