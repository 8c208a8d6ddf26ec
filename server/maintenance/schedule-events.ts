import type { WriteTransaction } from "../backend/backend.ts";

/** @param before ms since 1970. @returns the number of events that were deleted */
export async function deleteScheduleEvents(
  { db }: WriteTransaction,
  before: number,
  max: number,
): Promise<number> {
  const old = await db
    .selectFrom("schedule_events")
    .select(["schedule_id", "seq"])
    .where("created_at", "<", before)
    .orderBy("created_at")
    .limit(max)
    .execute();
  for (const { schedule_id, seq } of old) {
    await db
      .deleteFrom("schedule_events")
      .where("schedule_id", "=", schedule_id)
      .where("seq", "=", seq)
      .execute();
  }
  return old.length;
}
