/** The JSON of an event, the same in a list and in a stream. */
import { z } from "@hono/zod-openapi";
import type { EventRow } from "../../backend/schema.ts";
import { eventTypes, parseEvent } from "../../engine/job-event.ts";
import { eventMessage } from "../../presenters/event-text.ts";
import { iso } from "./job-json.ts";

export const eventSchema = z
  .object({
    id: z.string().meta({ description: "`{job id}:{seq}`, unique among all events." }),
    seq: z.int().meta({ description: "Number of the event in its job, from 1 without gaps." }),
    type: z.enum(eventTypes).meta({
      description: "The last event of a job is `done`, `failed` or `cancelled`.",
    }),
    message: z.string(),
    happenedAt: z.iso.datetime(),
    details: z.record(z.string(), z.unknown()).nullable(),
  })
  .openapi("Event");

export type EventJson = z.infer<typeof eventSchema>;

/** @param unit plural name of the items, such as "rows" */
export function eventJson(row: EventRow, unit: string | undefined): EventJson {
  const event = parseEvent(row);
  return {
    id: `${row.job_id}:${row.seq}`,
    seq: row.seq,
    type: event.type,
    message: eventMessage(event, unit),
    happenedAt: iso(row.created_at),
    details: event.details as EventJson["details"],
  };
}
