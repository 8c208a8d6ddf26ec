import type { Backend } from "../../backend/backend.ts";
import { minFailures } from "./schedule-event.ts";

export interface ScheduleHealth {
  /** Schedules of which the latest runs failed. */
  failing: number;
  /** Time since the oldest time came that no worker has taken, ms. */
  lateMs: number;
}

export async function readScheduleHealth({ db, now }: Backend): Promise<ScheduleHealth> {
  const [failing, first] = await Promise.all([
    db
      .selectFrom("schedules")
      .select((eb) => eb.fn.countAll().as("count"))
      .where("failures", ">=", minFailures)
      .executeTakeFirstOrThrow(),
    db
      .selectFrom("schedules")
      .select("next_at")
      .where("next_at", "is not", null)
      .orderBy("next_at")
      .limit(1)
      .executeTakeFirst(),
  ]);
  return {
    failing: Number(failing.count),
    lateMs: Math.max(0, now() - (first?.next_at ?? Number.POSITIVE_INFINITY)),
  };
}
