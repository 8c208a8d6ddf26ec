import { sql } from "kysely";
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import { retryKey } from "./retry.ts";

/**
 * Follows the retries of a job, of which each job has at most one, in a single query.
 * @returns the last of them, which alone can be retried; the job itself if it was not retried
 */
export async function findLatestRetry({ db }: Pick<Backend, "db">, job: JobRow): Promise<JobRow> {
  return db
    .withRecursive("chain(id, place)", (chains) =>
      chains
        .selectFrom("jobs")
        .select(["id", sql<number>`0`.as("place")])
        .where("id", "=", job.id)
        .unionAll(
          chains
            .selectFrom("chain")
            .innerJoin("jobs as retry", "retry.retry_of", "chain.id")
            .select(["retry.id", sql<number>`place + 1`.as("place")])
            .where("retry.idempotency_key", "=", sql<string>`${retryKey("")} || chain.id`),
        ),
    )
    .selectFrom("chain")
    .innerJoin("jobs", "jobs.id", "chain.id")
    .selectAll("jobs")
    .orderBy("place", "desc")
    .orderBy("jobs.id")
    .limit(1)
    .executeTakeFirstOrThrow();
}
