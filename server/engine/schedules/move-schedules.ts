/** Moves the next times of schedules where they do not follow from what came before. */
import type { Backend } from "../../backend/backend.ts";
import { nextTime } from "./calendar.ts";
import { recordScheduleEvent } from "./record-schedule-event.ts";

/**
 * Moves restored schedules past now: what they did since the backup must not happen twice. No worker may
 * run.
 * @param backupAt ms since 1970
 */
export async function moveRestoredSchedules(backend: Backend, backupAt: number): Promise<void> {
  const at = backend.now();
  const due = await backend.db
    .selectFrom("schedules")
    .selectAll()
    .where("next_at", "is not", null)
    .where("next_at", "<=", at)
    .execute();
  for (const { id, cron, time_zone } of due) {
    await backend.write(async (tx) => {
      const next_at = nextTime({ cron, timeZone: time_zone }, at);
      await tx.db.updateTable("schedules").set({ next_at }).where("id", "=", id).execute();
      const details = { backup_at: backupAt };
      await recordScheduleEvent(tx, id, { type: "restored", details }, at);
    });
  }
}

/**
 * Computes the times that are still to come once more, because an update of Node may know other rules of
 * a time zone. Times that are due stay.
 */
export async function recomputeTimes({ db, now }: Backend): Promise<void> {
  const at = now();
  const coming = await db
    .selectFrom("schedules")
    .select(["id", "cron", "time_zone", "next_at", "last_planned_at"])
    .where("next_at", ">", at)
    .execute();
  for (const { id, cron, time_zone, next_at, last_planned_at } of coming) {
    const calendar = { cron, timeZone: time_zone };
    const next = nextTime(calendar, Math.max(at, last_planned_at ?? 0));
    if (next === next_at) continue;
    const update = db.updateTable("schedules").set({ next_at: next }).where("id", "=", id);
    await update.where("next_at", "=", next_at).execute();
  }
}
