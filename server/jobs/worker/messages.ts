/** What a supervisor and its runner processes say to each other. */
import type { JobRow } from "../../backend/schema.ts";
import type { Observed } from "../life.ts";
import type { StopReason } from "../run/run.ts";

/** To run a claimed job, or to clean up behind one that has ended. */
export type Task = "run" | "clean";

export type ToRunner =
  | { type: Task; row: JobRow }
  | { type: "stop"; id: string; why: StopReason }
  | { type: "ping" }
  | { type: "quit" };

export type FromRunner =
  | { type: "ready" }
  | { type: "ended"; id: string }
  | { type: "pong" }
  | { type: "observed"; observed: Observed };
