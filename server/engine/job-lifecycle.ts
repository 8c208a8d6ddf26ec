/** What happens to jobs, told to the process that wrote it: for its log and its metrics. */
import type { JobRow } from "../backend/schema.ts";
import type { Status } from "./status.ts";

/** A fact about a job that has been committed. */
export interface JobLifecycleEvent {
  /** As in the job's events: created, started, retry_scheduled, rescued, succeeded… */
  type: string;
  job: string;
  kind: string;
  status: Status;
  fence: number;
  /** From when it was due to its first start, ms; null for every other event. */
  waitedMs: number | null;
  /** Running time of all runs together, ms; null until the job has ended. */
  ranMs: number | null;
}

/** What a worker and its runners do that somebody may want to count. */
export type WorkerMetric =
  | { what: "life"; event: JobLifecycleEvent }
  /** Progress of so many jobs was written in one statement. */
  | { what: "flushed"; jobs: number }
  /** A run found that its job had been taken from it. */
  | { what: "lease_lost"; job: string; kind: string; fence: number };

export type RecordMetric = (observed: WorkerMetric) => void;

export function lifecycleEvent(type: string, row: JobRow): JobLifecycleEvent {
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
