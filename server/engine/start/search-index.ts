import type { WriteTransaction } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Kind } from "../../job.ts";
import { jobSearchTerms } from "./search-terms.ts";

type IndexedJob = Pick<JobRow, "id" | "kind" | "account_id" | "user_id" | "subject" | "input">;

/** What a job is found by, in the transaction that makes it. */
export async function indexJob(
  { db }: Pick<WriteTransaction, "db">,
  kind: Kind | undefined,
  { id, account_id, user_id, subject, input }: IndexedJob,
): Promise<void> {
  const words = jobSearchTerms(kind, subject, JSON.parse(input));
  if (words.length === 0) return;
  await db
    .insertInto("job_search_terms")
    .values(words.map((term) => ({ job_id: id, term, account_id, user_id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
