import { sql } from "kysely";
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import { retryKey } from "../start/retry.ts";

/**
 * Follows whole retries of unfinished work back to its first job. A retry of a job that was done begins
 * anew, and one of rejected rows or with an edited input is other work.
 * @returns the id of that job, or of the first one that has not expired
 */
export async function findFirstJobId(
  { db }: Pick<Backend, "db">,
  { id, retry_of }: Pick<JobRow, "id" | "retry_of">,
): Promise<string> {
  if (retry_of === null) return id;
  const { rows } = await sql<{ id: string }>`
    with recursive chain(id, place) as (
      select cast(${id} as text), 0
      union all
      select earlier.id, place + 1 from chain
        inner join jobs as retry on retry.id = chain.id
          and retry.idempotency_key = ${retryKey("")} || retry.retry_of
        inner join jobs as earlier on earlier.id = retry.retry_of and earlier.status <> 'done'
    )
    select id from chain order by place desc limit 1`.execute(db);
  return rows[0]!.id;
}
