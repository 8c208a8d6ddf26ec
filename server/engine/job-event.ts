/**
 * The events of a job as they are stored: a type with its details, no sentences. The presenters put
 * them into words (`server/presenters/event-text.ts`).
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

/** The details of each event by its type; null where the type says it all. */
interface EventDetails {
  /** What was asked for besides the input. `run_at` is ISO 8601. */
  created: { run_at?: string; only?: "failed" } | null;
  /** The first run began. */
  started: { fence: number };
  /** A later run began; `retry` and `of` where it is an automatic retry. */
  continued: { fence: number; retry?: number; of?: number };
  /** A sample of progress: `message` is the kind's own. */
  progress: {
    done: number;
    total: number | null;
    progress_pct: number | null;
    message: string | null;
  };
  step_started: Step;
  step_finished: Step;
  pause_requested: By;
  /** Without `by` where a running job stopped after a request. */
  paused: By | null;
  resumed: By;
  /** A scheduled job was started before its time. */
  brought_forward: By;
  cancel_requested: By;
  retry_scheduled: { retry: number; of: number; wait_ms: number; error: string };
  /** The run was released: its worker stops, or was killed because of another job. */
  interrupted: null;
  /** `rescue` counts the rescues without a checkpoint in between. */
  rescued: { rescue: number };
  /** `outcome` is the kind's own sentence. */
  done: { outcome: string };
  failed: {
    reason: FailureReason;
    /** The kind's own text: for `error` and `refused`. */
    error?: string;
    /** For `timeout`. */
    allowed_ms?: number;
    /** For `worker_lost`: how often the job lost its worker at the same place. */
    rescues?: number;
  };
  cancelled: {
    reason: CancelReason;
    by?: string;
    /** The kind's own sentence about what it kept, if it has one. */
    outcome: string | null;
    /** Items that succeeded. */
    succeeded: number;
    /** How far the current step was. */
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
  "brought_forward",
  "cancel_requested",
  "retry_scheduled",
  "interrupted",
  "rescued",
  "done",
  "failed",
  "cancelled",
] as const satisfies readonly EventType[];

/** @param row as stored: details are JSON */
export function parseEvent(row: { type: EventType; details: string | null }): JobEvent {
  return { type: row.type, details: JSON.parse(row.details ?? "null") } as JobEvent;
}
