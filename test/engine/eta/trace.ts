/** A recorded run: what its estimator was told, in the order of the calls, on a clock from its start. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const traceFolder = join(import.meta.dirname, "traces");

export type Shape = "steady" | "slowing" | "bursty" | "two-phase" | "rate-limited" | "stalling";

export interface Trace {
  shape: Shape;
  kind: string;
  backend: "sqlite" | "postgres";
  /** Estimators are tuned on the one half, and reported of the other. */
  half: "tuned" | "reported";
  /** Of what the job read, bytes; null where it read nothing. */
  size: number | null;
  weights: number[];
  /** Running time of each step and what its total turned out to be. */
  steps: { ms: number; total: number | null }[];
  /** Running time of the whole job. */
  ms: number;
  /** `[ms, what it was, …its arguments]` */
  calls: Call[];
}

export type Call =
  | [ms: number, what: "begin", position: number]
  | [ms: number, what: "observe", done: number, total: number | null]
  | [ms: number, what: "wait", until: number | null];

/** All that were recorded, by their names. */
export function readTraces(): Map<string, Trace> {
  const names = readdirSync(traceFolder).filter((name) => name.endsWith(".json"));
  return new Map(
    names.map((name) => {
      const text = readFileSync(join(traceFolder, name), "utf8");
      return [name.slice(0, -".json".length), JSON.parse(text) as Trace];
    }),
  );
}
