/** Takes a time of a schedule for the one worker that starts its run. */
import type { WriteTransaction } from "../../backend/backend.ts";
import type { JobRow, ScheduleRow } from "../../backend/schema.ts";

/** Another worker took the time, or the schedule was paused, edited or deleted meanwhile. */
export class TimeTaken extends Error {
  override name = "TimeTaken";
}

/** The run before is unfinished, so this one is skipped. */
export class RunActive extends Error {
  override name = "RunActive";
  readonly job: JobRow;
  constructor(job: JobRow) {
    super(`Run ${job.id} is unfinished`);
    this.job = job;
  }
}

/** A time of a schedule that is due. Times are ms since 1970. */
export interface DueTime {
  schedule: ScheduleRow;
  plannedAt: number;
  /** The number of earlier times for which nothing ran. */
  missed: number;
  /** The first time after now, or null. */
  nextAt: number | null;
}

/**
 * Moves the schedule on by compare-and-set, so that of all workers that try one commits.
 * @throws TimeTaken
 */
export async function takeTime(
  { db }: WriteTransaction,
  { schedule, plannedAt, nextAt }: DueTime,
): Promise<void> {
  const { numUpdatedRows } = await db
    .updateTable("schedules")
    .set({ next_at: nextAt, last_planned_at: plannedAt })
    .where("id", "=", schedule.id)
    .where("next_at", "=", schedule.next_at)
    .where("version", "=", schedule.version)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw new TimeTaken();
}

/**
 * Call it while the transaction has the lock of the schedule's row. A retry of a run by a person counts
 * for nothing: it belongs to no schedule.
 * @throws RunActive
 */
export async function refuseWhileRunning({ db }: WriteTransaction, scheduleId: string) {
  const job = await db
    .selectFrom("jobs")
    .selectAll()
    .where("schedule_id", "=", scheduleId)
    .where("finished_at", "is", null)
    .limit(1)
    .executeTakeFirst();
  if (job) throw new RunActive(job);
}
