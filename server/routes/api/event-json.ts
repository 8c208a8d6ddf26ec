/** The JSON of an event, the same in a list and in a stream. */
import { z } from "@hono/zod-openapi";
import type { EventRow } from "../../backend/schema.ts";
import { iso } from "./job-json.ts";

export const eventSchema = z
  .object({
    id: z.string().meta({ description: "`{job id}:{seq}`, unique among all events." }),
    seq: z.int().meta({ description: "Number of the event in its job, from 1 without gaps." }),
    type: z.string().meta({
      description:
        "`created`, `started`, `continued`, `progress`, `step_started`, `step_finished`, `pause_requested`, `paused`, `resumed`, `brought_forward`, `cancel_requested`, `retry_scheduled`, `interrupted`, `rescued`, and as the last event of a job `done`, `failed` or `cancelled`.",
    }),
    message: z.string(),
    happenedAt: z.iso.datetime(),
    details: z.record(z.string(), z.unknown()).nullable(),
  })
  .openapi("Event");

export type EventJson = z.infer<typeof eventSchema>;

export function eventJson({
  job_id,
  seq,
  type,
  message,
  created_at,
  details,
}: EventRow): EventJson {
  return {
    id: `${job_id}:${seq}`,
    seq,
    type,
    message,
    happenedAt: iso(created_at),
    details: details === null ? null : JSON.parse(details),
  };
}
