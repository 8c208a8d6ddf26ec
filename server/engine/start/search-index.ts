import type { WriteTransaction } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Kind } from "../../job.ts";
import { jobSearchTerms } from "./search-terms.ts";

type IndexedJob = Pick<JobRow, "id" | "kind" | "account_id" | "user_id" | "subject" | "input">;

/** Inserts the search terms of a job, in the transaction that creates it. */
export async function indexJob(
  { db }: Pick<WriteTransaction, "db">,
  kind: Kind | undefined,
  { id, account_id, user_id, subject, input }: IndexedJob,
): Promise<void> {
  const terms = jobSearchTerms(kind, subject, JSON.parse(input));
  if (terms.length === 0) return;
  await db
    .insertInto("job_search_terms")
    .values(terms.map((term) => ({ job_id: id, term, account_id, user_id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
