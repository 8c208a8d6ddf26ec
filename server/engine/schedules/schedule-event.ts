/**
 * The events of a schedule as they are stored: a type and its details. `server/presenters/schedules.ts`
 * makes sentences of them. All times are ms since 1970.
 */

/** A user's id. */
interface By {
  by: string;
}

interface ScheduleEventDetails {
  created: By;
  /** Its times or its input changed. */
  edited: By & { repeats: string; time_zone: string };
  paused: By;
  resumed: By;
  /** A person started a run beside the times of the schedule. */
  run_now: By & { job_id: string };
  /** No worker could start the run in time. `missed` counts the times before it, for which none ran. */
  caught_up: { planned_at: number; missed: number };
  /** The run before, `job_id`, was still unfinished. */
  skipped: { planned_at: number; missed: number; job_id: string };
  /** The start was refused. `error` is a sentence. */
  not_started: { planned_at: number; missed: number; error: string };
  /** `failures` runs in a row failed. `job_id` is the last of them; null if it could not start. */
  failing: { failures: number; job_id: string | null };
  /** A run succeeded after the schedule was failing. */
  recovered: { job_id: string };
  /** It came from a backup; its times since then are not caught up. */
  restored: { backup_at: number };
}

export type ScheduleEventType = keyof ScheduleEventDetails;

export type ScheduleEvent = {
  [Type in ScheduleEventType]: { type: Type; details: ScheduleEventDetails[Type] };
}[ScheduleEventType];

export const scheduleEventTypes = [
  "created",
  "edited",
  "paused",
  "resumed",
  "run_now",
  "caught_up",
  "skipped",
  "not_started",
  "failing",
  "recovered",
  "restored",
] as const satisfies readonly ScheduleEventType[];

/** A schedule fails if so many runs in a row failed; then its owner is told. */
export const minFailures = 3;

/** @param row as stored: details are JSON */
export function parseScheduleEvent(row: {
  type: ScheduleEventType;
  details: string | null;
}): ScheduleEvent {
  return { type: row.type, details: JSON.parse(row.details ?? "null") } as ScheduleEvent;
}
