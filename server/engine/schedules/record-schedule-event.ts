import { sql } from "kysely";
import type { WriteTransaction } from "../../backend/backend.ts";
import type { ScheduleEvent } from "./schedule-event.ts";

/**
 * Adds an event to the history of a schedule, and takes its number from the locked row.
 * @param at ms since 1970
 */
export async function recordScheduleEvent(
  { db }: Pick<WriteTransaction, "db">,
  id: string,
  { type, details }: ScheduleEvent,
  at: number,
): Promise<void> {
  const row = await db
    .updateTable("schedules")
    .set({ event_seq: sql<number>`event_seq + 1` })
    .where("id", "=", id)
    .returning("event_seq")
    .executeTakeFirst();
  if (!row) return;
  await db
    .insertInto("schedule_events")
    .values({
      ...{ schedule_id: id, seq: row.event_seq, type, created_at: at },
      details: JSON.stringify(details),
    })
    .execute();
}
