/** How many jobs of an account run at once. */
import { type RawBuilder, sql } from "kysely";

/** A job of this priority or a lower one does not wait for the others of its account. */
const noLimitFrom = -1_000;

/**
 * Whether `accounts` has room for a job of that `priority`. For those that do not wait there are as
 * many places again, and no more: who starts a thousand of them must not stop all other accounts.
 * @param priority a column
 */
export function hasRoom(priority: string): RawBuilder<boolean> {
  return sql`accounts.running_jobs < accounts.max_running_jobs
    * case when ${sql.ref(priority)} <= ${sql.lit(noLimitFrom)} then 2 else 1 end`;
}
