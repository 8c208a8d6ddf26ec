import { sql } from "kysely";
import type { Backend } from "../../backend/backend.ts";

const maxWoken = 1_000;

/**
 * Moves jobs whose sleep is over to the front of their account, behind which they would wait for all
 * jobs that were due before the end of the sleep. Most were claimed before: it matters only where all
 * slots are taken.
 */
export async function wakeSleepers(backend: Backend): Promise<void> {
  const at = backend.now();
  const woken = await backend.db
    .selectFrom("jobs")
    .select("id")
    .where("status", "=", "queued")
    .where("reason", "=", "sleeping")
    .where("run_at", "<=", at)
    .orderBy("run_at")
    .limit(maxWoken)
    .execute();
  if (woken.length === 0) return;
  await backend.write(async (tx) => {
    // Two sweeps that lock the same rows in different orders would wait for each other.
    await tx.lock("wake-sleepers");
    const moved = await tx.db
      .updateTable("jobs")
      .set({ reason: "woken", run_at: sql<number>`created_at`, version: sql<number>`version + 1` })
      .where(
        "id",
        "in",
        woken.map(({ id }) => id),
      )
      .where("status", "=", "queued")
      .where("reason", "=", "sleeping")
      .where("run_at", "<=", at)
      .returning("id")
      .execute();
    for (const { id } of moved) tx.notify(id);
  });
}
