/** The messages between a supervisor and its runner processes. */
import type { JobRow } from "../../backend/schema.ts";
import type { WorkerMetric } from "../job-lifecycle.ts";
import type { StopReason } from "../run/run.ts";

/** `run`: run a claimed job; `clean`: clean up after an ended job; `discard`: only remove its files. */
export type Task = "run" | "clean" | "discard";

export type ToRunner =
  | { type: Task; row: JobRow }
  | { type: "stop"; id: string; reason: StopReason }
  /** The job gives back its slot at its next checkpoint. */
  | { type: "request_room"; id: string }
  | { type: "ping" }
  | { type: "quit" };

export type FromRunner =
  | { type: "ready" }
  /** The `run` or `cleanup` of the job's kind is about to be called. */
  | { type: "begun"; id: string }
  /** The task is done. `job` is set if this was the job's last run. */
  | { type: "ended"; id: string; job?: JobRow | undefined }
  /** The job saves checkpoints shortly after each other, at which it can give back its slot. */
  | { type: "yielding"; id: string }
  /** The job only sleeps for so many ms, which its timeout does not count. */
  | { type: "idle"; id: string; ms: number }
  | { type: "pong" }
  | { type: "metric"; metric: WorkerMetric };
