/**
 * Starts the runs of schedules whose time has come. Every worker tries each second; the database lets
 * one of them take a time, together with the start of its job, so a crash between both is impossible.
 */
import type { Backend, WriteTransaction } from "../../backend/backend.ts";
import type { ScheduleRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { LimitReached } from "../../limit-reached.ts";
import type { StartLimits } from "../../limits.ts";
import { databaseErrorText } from "../database-error.ts";
import { describeError } from "../describe-error.ts";
import type { RecordMetric, ScheduleResult } from "../job-lifecycle.ts";
import { sanitizeText } from "../sanitize-text.ts";
import { InvalidInput, MissingSettings, UnknownKind } from "../start/request.ts";
import { start } from "../start/start.ts";
import { dueTimes, nextTime } from "./calendar.ts";
import { countFailure } from "./count-failures.ts";
import { recordScheduleEvent } from "./record-schedule-event.ts";
import { type DueTime, RunActive, refuseWhileRunning, TimeTaken, takeTime } from "./take-time.ts";

/** In one sweep of one worker. */
const maxRuns = 100;
/** A run that begins later than this is said to be caught up. */
export const lateMs = 60_000;
/** While an update goes on, only workers of the newer version may know a kind. */
const unknownKindMs = 600_000;

export interface DueRunsOptions {
  backend: Backend;
  catalog: Catalog;
  /** The limit of queued jobs holds for schedules, too. */
  limits: Pick<StartLimits, "maxQueuedJobs">;
  recordMetric: RecordMetric;
}

/**
 * Throws only errors of the database: then the times stay due. The mistake of a kind is said on its
 * schedule and holds up no other one.
 */
export async function startDueRuns(options: DueRunsOptions): Promise<void> {
  const { backend, recordMetric } = options;
  const at = backend.now();
  const due = await backend.db
    .selectFrom("schedules")
    .selectAll()
    .where("next_at", "is not", null)
    .where("next_at", "<=", at)
    .orderBy("next_at")
    .limit(maxRuns)
    .execute();
  for (const schedule of due) {
    const result = await startDueRun(options, schedule, at);
    if (!result) continue;
    recordMetric({ type: "schedule", schedule: schedule.id, kind: schedule.kind, result });
  }
}

/** @returns undefined if another worker took the time, or is to do so */
async function startDueRun(
  options: DueRunsOptions,
  schedule: ScheduleRow,
  at: number,
): Promise<ScheduleResult | undefined> {
  const { backend } = options;
  const due = dueTimeOf(schedule, at);
  try {
    await startRun(options, due, at);
    return isLate(due, at) ? "caught_up" : "started";
  } catch (error) {
    if (error instanceof TimeTaken) return undefined;
    if (error instanceof UnknownKind && at - due.plannedAt < unknownKindMs) return undefined;
    const skip = skipOf(due, error);
    if (!skip) throw error;
    const isTaken = await backend
      .write((tx) => skip(tx, at))
      .then(
        () => true,
        (failure: unknown) => {
          if (failure instanceof TimeTaken) return false;
          throw failure;
        },
      );
    if (!isTaken) return undefined;
    return error instanceof RunActive ? "skipped" : "not_started";
  }
}

/** One run for the newest time, however many were missed. */
function dueTimeOf(schedule: ScheduleRow, at: number): DueTime {
  const calendar = { cron: schedule.cron, timeZone: schedule.time_zone };
  const { newest, earlier } = dueTimes(calendar, schedule.next_at!, at);
  return { schedule, plannedAt: newest, missed: earlier, nextAt: nextTime(calendar, at) };
}

function isLate({ plannedAt, missed }: DueTime, at: number): boolean {
  return missed > 0 || at - plannedAt > lateMs;
}

async function startRun(
  { backend, catalog, limits }: DueRunsOptions,
  due: DueTime,
  at: number,
): Promise<void> {
  const { schedule, plannedAt, missed } = due;
  await start(backend, catalog, {
    kind: schedule.kind,
    input: JSON.parse(schedule.input),
    accountId: schedule.account_id,
    userId: schedule.user_id,
    via: "schedule",
    limits: { maxStartsPerMinute: Number.POSITIVE_INFINITY, ...limits },
    scheduled: { scheduleId: schedule.id, plannedAt, missed },
    async before(tx) {
      await takeTime(tx, due);
      await refuseWhileRunning(tx, schedule.id);
      if (!isLate(due, at)) return;
      const details = { planned_at: plannedAt, missed };
      await recordScheduleEvent(tx, schedule.id, { type: "caught_up", details }, at);
    },
  });
}

type Skip = (tx: WriteTransaction, at: number) => Promise<void>;

/** @returns how to move on without a run; undefined for an error of the database */
function skipOf(due: DueTime, error: unknown): Skip | undefined {
  const { schedule, plannedAt: planned_at, missed } = due;
  if (error instanceof RunActive) {
    return async (tx, at) => {
      await takeTime(tx, due);
      const details = { planned_at, missed, job_id: error.job.id };
      await recordScheduleEvent(tx, schedule.id, { type: "skipped", details }, at);
    };
  }
  const reason = refusalOf(error);
  if (reason === undefined) return undefined;
  return async (tx, at) => {
    await takeTime(tx, due);
    const details = { planned_at, missed, error: reason };
    await recordScheduleEvent(tx, schedule.id, { type: "not_started", details }, at);
    await countFailure(tx, schedule.id, null, at);
  };
}

/** @returns why there is no run, as a sentence for people */
function refusalOf(error: unknown): string | undefined {
  if (error instanceof InvalidInput) {
    const [field, message] = Object.entries(error.fields)[0] ?? ["input", error.message];
    return `${field}: ${message}`;
  }
  if (error instanceof UnknownKind) return "This kind of job no longer exists";
  if (error instanceof MissingSettings) return `Needs ${error.missing.join(", ")}`;
  if (error instanceof LimitReached) return `The account already has ${error.max} queued jobs`;
  if (databaseErrorText(error) !== undefined) return undefined;
  return sanitizeText(describeError(error));
}
