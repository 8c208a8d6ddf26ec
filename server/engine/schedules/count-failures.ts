/** Counts the runs of a schedule that fail in a row, and notes when it begins and ceases to fail. */
import { sql } from "kysely";
import type { WriteTransaction } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import { recordScheduleEvent } from "./record-schedule-event.ts";
import { minFailures } from "./schedule-event.ts";

/**
 * Call it in the transaction that ends the run. A cancelled run says nothing about the schedule, and
 * neither does a retry by a person, which belongs to no schedule.
 */
export async function countRunEnd(
  tx: WriteTransaction,
  { id, status, schedule_id }: Pick<JobRow, "id" | "status" | "schedule_id">,
  at: number,
): Promise<void> {
  if (schedule_id === null) return;
  if (status === "failed") await countFailure(tx, schedule_id, id, at);
  if (status === "done") await countSuccess(tx, schedule_id, id, at);
}

/** @param jobId null for a run that could not start */
export async function countFailure(
  tx: WriteTransaction,
  scheduleId: string,
  jobId: string | null,
  at: number,
): Promise<void> {
  const row = await tx.db
    .updateTable("schedules")
    .set({ failures: sql<number>`failures + 1` })
    .where("id", "=", scheduleId)
    .returning("failures")
    .executeTakeFirst();
  // Once, not at each failure that follows. A notice to the owner belongs here, in this transaction.
  if (row?.failures !== minFailures) return;
  const details = { failures: row.failures, job_id: jobId };
  await recordScheduleEvent(tx, scheduleId, { type: "failing", details }, at);
}

async function countSuccess(
  tx: WriteTransaction,
  scheduleId: string,
  jobId: string,
  at: number,
): Promise<void> {
  const before = await tx.db
    .selectFrom("schedules")
    .select("failures")
    .where("id", "=", scheduleId)
    .where("failures", ">", 0)
    .executeTakeFirst();
  if (!before) return;
  await tx.db.updateTable("schedules").set({ failures: 0 }).where("id", "=", scheduleId).execute();
  if (before.failures < minFailures) return;
  const details = { job_id: jobId };
  await recordScheduleEvent(tx, scheduleId, { type: "recovered", details }, at);
}
