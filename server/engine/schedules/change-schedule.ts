/** People edit, pause, resume and delete a schedule here. Its history keeps all but the last. */
import { sql } from "kysely";
import type { Backend, WriteTransaction } from "../../backend/backend.ts";
import type { ScheduleRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { nextTime } from "./calendar.ts";
import { saveUploads } from "./create-schedule.ts";
import { recordScheduleEvent } from "./record-schedule-event.ts";
import { checkTimes, checkWork, type ScheduledWork } from "./schedule-request.ts";

/** The schedule was edited, paused or resumed since the person saw it, or was deleted. */
export class StaleSchedule extends Error {
  override name = "StaleSchedule";
}

export interface ScheduleEdit {
  repeats: string;
  timeZone: string;
  /** Default: the input stays. */
  work?: Omit<ScheduledWork, "kind" | "accountId" | "userId"> | undefined;
  /** The version that the person saw. Default: the present one. */
  version?: number | undefined;
  by: string;
}

/**
 * New times count from now on. Times that stay the same keep a run that is due.
 * @throws StaleSchedule, InvalidRepetition, InvalidInput, UnknownKind
 */
export async function editSchedule(
  { backend, catalog }: { backend: Backend; catalog: Catalog },
  schedule: ScheduleRow,
  { repeats, timeZone, work, version = schedule.version, by }: ScheduleEdit,
): Promise<ScheduleRow> {
  const { id, kind, account_id: accountId, user_id: userId } = schedule;
  const checked = work && (await checkWork(backend, catalog, { kind, accountId, userId, ...work }));
  return backend.write(async (tx) => {
    const at = backend.now();
    const before = await lockSchedule(tx, id);
    const times = checkTimes({ repeats, timeZone }, Math.max(at, before.last_planned_at ?? 0));
    const isSame = times.cron === before.cron && times.timeZone === before.time_zone;
    const nextAt = isSame || before.paused_at !== null ? before.next_at : times.nextAt;
    const row = await update(tx, id, version, at, {
      ...{ repeats: times.repeats, cron: times.cron, time_zone: times.timeZone, next_at: nextAt },
      ...(checked && { input: checked.input, subject: checked.subject }),
    });
    if (checked) await saveUploads(tx, id, checked.uploadIds);
    const details = { by, repeats: times.repeats, time_zone: times.timeZone };
    await recordScheduleEvent(tx, id, { type: "edited", details }, at);
    return row;
  });
}

/** A paused schedule has no next time. A run that has begun goes on. */
export async function pauseSchedule(
  backend: Backend,
  id: string,
  by: string,
): Promise<ScheduleRow> {
  return backend.write(async (tx) => {
    const at = backend.now();
    const before = await lockSchedule(tx, id);
    if (before.paused_at !== null) return before;
    const row = await update(tx, id, before.version, at, { paused_at: at, next_at: null });
    await recordScheduleEvent(tx, id, { type: "paused", details: { by } }, at);
    return row;
  });
}

/** Times that passed during the pause are not caught up. */
export async function resumeSchedule(
  backend: Backend,
  id: string,
  by: string,
): Promise<ScheduleRow> {
  return backend.write(async (tx) => {
    const at = backend.now();
    const before = await lockSchedule(tx, id);
    if (before.paused_at === null) return before;
    const calendar = { cron: before.cron, timeZone: before.time_zone };
    const next_at = nextTime(calendar, Math.max(at, before.last_planned_at ?? 0));
    const row = await update(tx, id, before.version, at, { paused_at: null, next_at });
    await recordScheduleEvent(tx, id, { type: "resumed", details: { by } }, at);
    return row;
  });
}

/** Its runs stay. A run that has begun goes on. */
export async function deleteSchedule(backend: Backend, id: string): Promise<void> {
  await backend.write(async ({ db }) => {
    await db.deleteFrom("schedule_events").where("schedule_id", "=", id).execute();
    await db.deleteFrom("schedules").where("id", "=", id).execute();
  });
}

/**
 * Locks the row until the transaction ends, also on Postgres.
 * @throws StaleSchedule if it was deleted
 */
export async function lockSchedule({ db }: WriteTransaction, id: string): Promise<ScheduleRow> {
  const row = await db
    .updateTable("schedules")
    .set({ event_seq: sql<number>`event_seq` })
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new StaleSchedule();
  return row;
}

async function update(
  { db }: WriteTransaction,
  id: string,
  version: number,
  at: number,
  set: Partial<ScheduleRow>,
): Promise<ScheduleRow> {
  const row = await db
    .updateTable("schedules")
    .set({ ...set, updated_at: at, version: sql<number>`version + 1` })
    .where("id", "=", id)
    .where("version", "=", version)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw new StaleSchedule();
  return row;
}
