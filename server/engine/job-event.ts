/**
 * The events of a job as they are stored: a type and its details. `server/presenters/event-text.ts`
 * makes sentences of them.
 */
import type { CancelReason, FailureReason } from "./job-reason.ts";

/** A person's or program's user id. */
interface By {
  by: string;
}

interface Step {
  name: string;
  /** From 1. */
  step: number;
  steps: number;
}

/** The options of a start besides its input. Times are ISO 8601. */
export interface CreatedDetails {
  run_at?: string;
  only?: "failed";
  /** The schedule that started it, its time (none if a person asked for the run), and the times missed. */
  schedule_id?: string;
  planned_at?: string;
  missed?: number;
}

/** The details of each type; null if it has none. */
interface EventDetails {
  created: CreatedDetails | null;
  /** The first run began. */
  started: { fence: number };
  /** A later run began. `retry` and `of` are set for an automatic retry. */
  continued: { fence: number; retry?: number; of?: number };
  /** A sample of the progress. The kind wrote `message`. */
  progress: {
    done: number;
    total: number | null;
    progress_pct: number | null;
    message: string | null;
  };
  step_started: Step;
  step_finished: Step;
  pause_requested: By;
  /** Null if a running job stopped after a `pause_requested`. */
  paused: By | null;
  resumed: By;
  /** It was unfinished in a backup that was restored. `backup_at`: ms since 1970. */
  restored: { backup_at: number };
  /** A scheduled job was started before its time. */
  brought_forward: By;
  /** A job that waits for its start got another time. `run_at` is ISO 8601. */
  rescheduled: By & { run_at: string };
  cancel_requested: By;
  retry_scheduled: { retry: number; of: number; wait_ms: number; error: string };
  /** The run was released because its worker stopped, or its process was killed for another job. */
  interrupted: null;
  /** The job gave its slot to another account and continues by itself. */
  made_room: null;
  /** The job gave back its slot for a `job.sleep`. The kind wrote `reason`. */
  sleeping: { wait_ms: number; reason: string | null };
  /** `rescue` counts the crashes of its runners without a checkpoint in between; 0: its worker was lost. */
  rescued: { rescue: number };
  /** The kind wrote `outcome`. */
  done: { outcome: string };
  failed: {
    reason: FailureReason;
    /** The message that the kind threw, for `error` and `refused`. */
    error?: string;
    /** For `timeout`. */
    allowed_ms?: number;
    /** For `worker_lost`: crashes of its runners without a checkpoint in between. */
    rescues?: number;
  };
  cancelled: {
    reason: CancelReason;
    by?: string;
    /** A sentence from the kind about the results that remain, or null. */
    outcome: string | null;
    /** Items that succeeded. */
    succeeded: number;
    /** Completed items of the current step. */
    done: number;
    total: number | null;
  };
}

export type EventType = keyof EventDetails;

export type JobEvent = {
  [Type in EventType]: { type: Type; details: EventDetails[Type] };
}[EventType];

/** In the order of a job's life. */
export const eventTypes = [
  "created",
  "started",
  "continued",
  "progress",
  "step_started",
  "step_finished",
  "pause_requested",
  "paused",
  "resumed",
  "restored",
  "brought_forward",
  "rescheduled",
  "cancel_requested",
  "retry_scheduled",
  "interrupted",
  "made_room",
  "sleeping",
  "rescued",
  "done",
  "failed",
  "cancelled",
] as const satisfies readonly EventType[];

/** @param row as stored: details are JSON */
export function parseEvent(row: { type: EventType; details: string | null }): JobEvent {
  return { type: row.type, details: JSON.parse(row.details ?? "null") } as JobEvent;
}
