/** What a supervisor and its runner processes say to each other. */
import type { JobRow } from "../backend/schema.ts";
import type { StopReason } from "./run.ts";

export type ToRunner =
  | { type: "run"; row: JobRow }
  | { type: "stop"; id: string; why: StopReason }
  | { type: "ping" }
  | { type: "quit" };

export type FromRunner = { type: "ready" } | { type: "ended"; id: string } | { type: "pong" };
