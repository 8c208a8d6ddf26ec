import type { Backend } from "../../backend/backend.ts";
import type { AuditSource } from "../../backend/enums.ts";
import type { JobRow, ScheduleRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { StartLimits } from "../../limits.ts";
import { start } from "../start/start.ts";
import { lockSchedule } from "./change-schedule.ts";
import { recordScheduleEvent } from "./record-schedule-event.ts";
import { refuseWhileRunning } from "./take-time.ts";

/**
 * Starts a run beside the times of the schedule, which stay as they are. Its owner owns the run.
 * @param by the user's id
 * @throws RunActive, StaleSchedule, UnknownKind, InvalidInput, MissingSettings, LimitReached
 */
export async function runScheduleNow(
  { backend, catalog, limits }: { backend: Backend; catalog: Catalog; limits: StartLimits },
  { id, kind, input, account_id, user_id }: ScheduleRow,
  by: string,
  via: AuditSource,
): Promise<JobRow> {
  const { job } = await start(backend, catalog, {
    ...{ kind, input: JSON.parse(input), accountId: account_id, userId: user_id, via, limits },
    scheduled: { scheduleId: id, plannedAt: null, missed: 0 },
    async before(tx) {
      await lockSchedule(tx, id);
      await refuseWhileRunning(tx, id);
    },
    async after(tx, { id: job_id }) {
      const details = { by, job_id };
      await recordScheduleEvent(tx, id, { type: "run_now", details }, backend.now());
    },
  });
  return job;
}
