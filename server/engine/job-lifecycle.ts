/** Events of jobs and workers for the log and the metrics of the process that wrote them. */
import type { JobRow } from "../backend/schema.ts";
import type { EventType } from "./job-event.ts";
import type { Status } from "./status.ts";

/** An event of a job that has been committed. */
export interface JobLifecycleEvent {
  type: EventType;
  job: string;
  kind: string;
  status: Status;
  fence: number;
  /** For `started`: ms from when the job was due to its start; else null. */
  waitedMs: number | null;
  /** Running time of all runs, ms; null until the job has ended. */
  ranMs: number | null;
}

/**
 * `caught_up`: the run started late; `skipped`: the run before was unfinished; `not_started`: the start
 * was refused.
 */
export type ScheduleResult = "started" | "caught_up" | "skipped" | "not_started";

/** An observation of a worker or its runners, which is logged and counted. */
export type WorkerMetric =
  | { type: "lifecycle"; event: JobLifecycleEvent }
  /** One statement wrote the progress of `jobs` jobs. */
  | { type: "progress_flushed"; jobs: number }
  /** The time of a schedule came. */
  | { type: "schedule"; schedule: string; kind: string; result: ScheduleResult }
  /** A run found that another run had claimed its job. */
  | { type: "lease_lost"; job: string; kind: string; fence: number };

export type RecordMetric = (metric: WorkerMetric) => void;

export function lifecycleEvent(type: EventType, row: JobRow): JobLifecycleEvent {
  const { id, kind, status, fence } = row;
  return {
    type,
    job: id,
    kind,
    status,
    fence,
    waitedMs: type === "started" ? Math.max(0, row.claimed_at! - row.run_at) : null,
    ranMs: row.finished_at === null || row.started_at === null ? null : row.running_ms,
  };
}

export interface JobLifecycle {
  /** @returns a function that ends the subscription */
  subscribe(listener: (event: JobLifecycleEvent) => void): () => void;
  emit(events: readonly JobLifecycleEvent[]): void;
}

export function createJobLifecycle(): JobLifecycle {
  const listeners = new Set<(event: JobLifecycleEvent) => void>();
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    emit(events) {
      for (const event of events) for (const listener of listeners) listener(event);
    },
  };
}
