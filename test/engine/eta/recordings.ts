/** Lists the recorded runs: at least one for tuning and one for reporting of each shape. */
import type { Trace } from "./trace.ts";

export interface Recording extends Pick<Trace, "shape" | "kind" | "backend" | "half"> {
  input?: Record<string, unknown>;
  /** Random people in an import's file. */
  people?: number;
  /** Random people in the audience before the run. */
  contacts?: number;
}

export const recordings: Record<string, Recording> = {
  ...pair("steady", { shape: "steady", kind: "steady", backend: "sqlite" }, [
    { input: { items: 1_400, ms: 30 } },
    { input: { items: 2_000, ms: 30 } },
  ]),
  ...pair("slowing", { shape: "slowing", kind: "slowing", backend: "postgres" }, [
    { input: { items: 620, ms: 5, more: 0.25 } },
    { input: { items: 740, ms: 5, more: 0.25 } },
  ]),
  ...pair("bursty", { shape: "bursty", kind: "bursty", backend: "sqlite" }, [
    { input: { items: 3_200, size: 60, apart: 1_500 } },
    { input: { items: 2_800, size: 60, apart: 1_500 } },
  ]),
  ...pair("limited", { shape: "rate-limited", kind: "limited", backend: "postgres" }, [
    { input: { items: 640, allowed: 80, window: 8_000 } },
    { input: { items: 900, allowed: 80, window: 8_000 } },
  ]),
  ...pair("limited-seconds", { shape: "rate-limited", kind: "limited", backend: "sqlite" }, [
    { input: { items: 560, allowed: 12, window: 1_000 } },
    { input: { items: 700, allowed: 12, window: 1_000 } },
  ]),
  ...pair("stalling", { shape: "stalling", kind: "stalling", backend: "postgres" }, [
    { input: { items: 1_200, at: 500, silence: 20_000 } },
    { input: { items: 1_500, at: 800, silence: 30_000 } },
  ]),
  ...imports("sqlite"),
  ...imports("postgres"),
  "export-reported": {
    ...{ shape: "two-phase", kind: "contact_export", backend: "postgres", half: "reported" },
    contacts: 1_200_000,
  },
};

/** Returns first imports of very different sizes, so that the past jobs of each are of other sizes. */
function imports(backend: Trace["backend"]) {
  const shape = "two-phase";
  const kind = "contact_import";
  const named = ([size, people]: [string, number], half: Trace["half"]) =>
    [`import-${backend}-${size}-${half}`, { shape, kind, backend, half, people }] as const;
  return Object.fromEntries([
    ...Object.entries({ "30k": 30_000, "300k": 300_000, "1500k": 1_500_000 }).map((each) =>
      named(each, "tuned"),
    ),
    ...Object.entries({ "10k": 10_000, "100k": 100_000, "1m": 1_000_000, "2m": 2_000_000 }).map(
      (each) => named(each, "reported"),
    ),
  ]) satisfies Record<string, Recording>;
}

type Same = Pick<Recording, "shape" | "kind" | "backend">;
type Different = Pick<Recording, "input" | "people">;

/** Returns a run for tuning and one for reporting, to which the first is the past job. */
function pair(name: string, same: Same, [tuned, reported]: [Different, Different]) {
  return {
    [`${name}-tuned`]: { ...same, ...tuned, half: "tuned" },
    [`${name}-reported`]: { ...same, ...reported, half: "reported" },
  } satisfies Record<string, Recording>;
}
