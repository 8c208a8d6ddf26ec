import type { Write } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { Kind } from "../../job.ts";
import { wordsOfJob } from "./words.ts";

type Worded = Pick<JobRow, "id" | "kind" | "account_id" | "user_id" | "subject" | "input">;

/** What a job is found by, in the transaction that makes it. */
export async function keepWords(
  { db }: Pick<Write, "db">,
  kind: Kind | undefined,
  { id, account_id, user_id, subject, input }: Worded,
): Promise<void> {
  const words = wordsOfJob(kind, subject, JSON.parse(input));
  if (words.length === 0) return;
  await db
    .insertInto("job_words")
    .values(words.map((word) => ({ job_id: id, word, account_id, user_id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/**
 * For jobs from before words were kept; one by one they are struck off.
 * @param most so many at a time
 * @returns how many it did
 */
export async function keepMissingWords(
  write: Write,
  catalog: Catalog,
  most: number,
): Promise<number> {
  const jobs = await write.db
    .selectFrom("unworded_jobs")
    .innerJoin("jobs", "jobs.id", "unworded_jobs.job_id")
    .select(["jobs.id", "kind", "account_id", "user_id", "subject", "input"])
    .orderBy("unworded_jobs.job_id", "desc")
    .limit(most)
    .execute();
  if (jobs.length === 0) return 0;
  for (const job of jobs) await keepWords(write, catalog.get(job.kind), job);
  const ids = jobs.map(({ id }) => id);
  await write.db.deleteFrom("unworded_jobs").where("job_id", "in", ids).execute();
  return jobs.length;
}
