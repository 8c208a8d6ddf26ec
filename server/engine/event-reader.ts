/** Reads the events of a job. */
import type { Kysely } from "kysely";
import type { EventRow, Schema } from "../backend/schema.ts";

/**
 * Lists a job's events by number. Numbers come from the locked job row, so no event appears after
 * one with a higher number was read.
 * @param after number of the last event that is known, 0 for none
 */
export function listEvents(
  db: Kysely<Schema>,
  jobId: string,
  after: number,
  limit: number,
): Promise<EventRow[]> {
  return db
    .selectFrom("job_events")
    .selectAll()
    .where("job_id", "=", jobId)
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(limit)
    .execute();
}

/**
 * Lists the next events for a stream.
 * @returns `ended` is true once the job's last event is among them or was before them
 */
export async function listNextEvents(
  db: Kysely<Schema>,
  jobId: string,
  after: number,
  limit: number,
): Promise<{ events: EventRow[]; ended: boolean }> {
  const job = await db
    .selectFrom("jobs")
    .select(["event_seq", "finished_at"])
    .where("id", "=", jobId)
    .executeTakeFirst();
  if (!job) return { events: [], ended: true };
  const events = job.event_seq > after ? await listEvents(db, jobId, after, limit) : [];
  const last = events.at(-1)?.seq ?? after;
  return { events, ended: job.finished_at !== null && last >= job.event_seq };
}
