/** A recorded run: the calls of its estimator in order, in ms from the start of the run. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const traceFolder = join(import.meta.dirname, "traces");

export type Shape = "steady" | "slowing" | "bursty" | "two-phase" | "rate-limited" | "stalling";

export interface Trace {
  shape: Shape;
  kind: string;
  backend: "sqlite" | "postgres";
  /** Constants are tuned on one half of the runs; errors are reported for the other half. */
  half: "tuned" | "reported";
  /** Input in bytes; null if the job read none. */
  size: number | null;
  weights: number[];
  /** Running time of each step and what its total turned out to be. */
  steps: { ms: number; total: number | null }[];
  /** Running time of the whole job. */
  ms: number;
  /** `[ms, call, …arguments]` */
  calls: Call[];
}

export type Call =
  | [ms: number, what: "begin", position: number]
  | [ms: number, what: "observe", done: number, total: number | null]
  | [ms: number, what: "expect", position: number, total: number]
  | [ms: number, what: "wait", until: number | null];

/** Reads all recorded runs, by name. */
export function readTraces(): Map<string, Trace> {
  const names = readdirSync(traceFolder).filter((name) => name.endsWith(".json"));
  return new Map(
    names.map((name) => {
      const text = readFileSync(join(traceFolder, name), "utf8");
      return [name.slice(0, -".json".length), JSON.parse(text) as Trace];
    }),
  );
}
