/** Measures the error of estimates in recorded runs against the baseline elapsed × (1 − p) / p. */
import { asPast, baseline, errorOf, replay } from "./replay.ts";
import { readTraces, type Shape, type Trace } from "./trace.ts";

/** Reported times, as shares of the run. */
export const printed = [0.1, 0.25, 0.5, 0.75];
const everyPercent = Array.from({ length: 99 }, (_, n) => (n + 1) / 100);
const sampledShares = Array.from({ length: 91 }, (_, n) => (n + 5) / 100);

export interface Errors {
  name: string;
  shape: Shape;
  half: Trace["half"];
  /** Whether the estimator had a past job of the kind. */
  hasPast: boolean;
  /**
   * Error of the estimated end, as a share of the run.
   * @param share of the run's time
   */
  at(share: number): Pair;
  /** Duration of the run, ms. */
  ms: number;
  /** The time left as pages show it, from 1 to 99 % of the run. */
  texts: readonly { text: string; leftMs: number }[];
  /** Mean error over all times from 5 to 95 % at which both have an estimate. */
  mean: { ours: number; plain: number };
  /** Share of those times at which the estimator has an estimate, 0 to 1. */
  coverage: number;
}

/** Null if there is no estimate. */
interface Pair {
  ours: number | null;
  plain: number | null;
}

/** Measures each run without history, and each reported run with the tuning run as history. */
export function measureErrors(): Errors[] {
  const traces = readTraces();
  return [...traces].flatMap(([name, trace]) => {
    const first = errorsOf(name, trace, []);
    const past = [...traces.values()].filter(
      ({ half, kind, backend }) =>
        half === "tuned" && kind === trace.kind && backend === trace.backend,
    );
    if (trace.half === "tuned" || past.length === 0) return [first];
    return [first, errorsOf(name, trace, past)];
  });
}

function errorsOf(name: string, trace: Trace, past: readonly Trace[]): Errors {
  const errorsAt = (shares: readonly number[]) => {
    const times = shares.map((share) => share * trace.ms);
    return replay(trace, past.map(asPast), times).map((estimate) => {
      const byPlain = baseline(estimate);
      return {
        ours: estimate.left === null ? null : errorOf(estimate.left, estimate.at, trace),
        plain: byPlain === null ? null : errorOf(byPlain, estimate.at, trace),
      };
    });
  };
  const all = errorsAt(sampledShares);
  const both = all.filter((each): each is { ours: number; plain: number } => {
    return each.ours !== null && each.plain !== null;
  });
  return {
    ...{ name, shape: trace.shape, half: trace.half, hasPast: past.length > 0, ms: trace.ms },
    texts: replay(
      trace,
      past.map(asPast),
      everyPercent.map((share) => share * trace.ms),
    ).map(({ text, at }) => ({ text, leftMs: trace.ms - at })),
    at: (share) => errorsAt([share])[0]!,
    mean: { ours: mean(both.map(({ ours }) => ours)), plain: mean(both.map((each) => each.plain)) },
    coverage: all.filter(({ ours }) => ours !== null).length / all.length,
  };
}

/** Formats errors at the reported times as "3, 2, 1, 0 %", with "-" if there is no estimate. */
export function formatErrors(errors: Errors, which: keyof Pair): string {
  const values = printed.map((share) => {
    const error = errors.at(share)[which];
    return error === null ? "-" : Math.round(error * 100);
  });
  return `${values.join(", ")} %`;
}

/** @returns 0 for no values */
function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
