/** The events of a job: their shape, the same when fetched and when streamed, and how they are read. */
import { z } from "@hono/zod-openapi";
import type { Backend } from "../../backend/backend.ts";
import type { EventRow } from "../../backend/schema.ts";
import { iso } from "./job-json.ts";

export const eventSchema = z
  .object({
    id: z.string().meta({ description: "`{job}:{seq}`, unique over all jobs" }),
    seq: z.int().meta({ description: "From 1, without gaps" }),
    type: z.string().meta({
      description:
        "`created`, `started`, `continued`, `progress`, `step_started`, `step_finished`, `pause_requested`, `paused`, `resumed`, `brought_forward`, `cancel_requested`, `retry_scheduled`, `interrupted`, `rescued`, and the last of a job: `done`, `failed` or `cancelled`",
    }),
    message: z.string(),
    happenedAt: z.iso.datetime(),
    details: z.record(z.string(), z.unknown()).nullable(),
  })
  .openapi("Event");

export type EventJson = z.infer<typeof eventSchema>;

/** In the order of their numbers, which the database hands out so that none is seen before a lower one. */
export async function readEvents(
  { db }: Pick<Backend, "db">,
  jobId: string,
  after: number,
  limit: number,
): Promise<EventJson[]> {
  const rows = await db
    .selectFrom("job_events")
    .selectAll()
    .where("job_id", "=", jobId)
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(limit)
    .execute();
  return rows.map(eventJson);
}

/** The next events, and whether the last that there will ever be is among them or before. */
export async function nextEvents(
  backend: Pick<Backend, "db">,
  jobId: string,
  after: number,
  limit: number,
): Promise<{ events: EventJson[]; ended: boolean }> {
  const job = await backend.db
    .selectFrom("jobs")
    .select(["event_seq", "finished_at"])
    .where("id", "=", jobId)
    .executeTakeFirst();
  if (!job) return { events: [], ended: true };
  const events = job.event_seq > after ? await readEvents(backend, jobId, after, limit) : [];
  const seen = events.at(-1)?.seq ?? after;
  return { events, ended: job.finished_at !== null && seen >= job.event_seq };
}

function eventJson({ job_id, seq, type, message, happened_at, details }: EventRow): EventJson {
  return {
    id: `${job_id}:${seq}`,
    seq,
    type,
    message,
    happenedAt: iso(happened_at),
    details: details === null ? null : JSON.parse(details),
  };
}
