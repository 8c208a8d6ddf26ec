/** What a supervisor and its runner processes say to each other. */
import type { JobRow } from "../../backend/schema.ts";
import type { WorkerMetric } from "../job-lifecycle.ts";
import type { StopReason } from "../run/run.ts";

/** To run a claimed job, to clean up behind one that has ended, or to remove its files alone. */
export type Task = "run" | "clean" | "discard";

export type ToRunner =
  | { type: Task; row: JobRow }
  | { type: "stop"; id: string; why: StopReason }
  | { type: "ping" }
  | { type: "quit" };

export type FromRunner =
  | { type: "ready" }
  /** The task is done; with the job where it was its last run. */
  | { type: "ended"; id: string; job?: JobRow | undefined }
  | { type: "pong" }
  | { type: "observed"; observed: WorkerMetric };
