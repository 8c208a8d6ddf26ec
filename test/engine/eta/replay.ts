/** Replays a recorded run through the estimator, as the runner and the page would use it. */

import type { PastJob } from "../../../server/engine/eta/duration-estimate.ts";
import {
  createEstimator,
  type Estimator,
  type JobHistory,
} from "../../../server/engine/eta/estimator.ts";
import { recheckMs } from "../../../server/engine/run/progress-tracker.ts";
import { estimatedEnd, timeLeftText } from "../../../server/presenters/time-left.ts";
import type { Trace } from "./trace.ts";

/** The estimate at one time of the run. */
export interface ReplayedEstimate {
  /** ms from its start */
  at: number;
  /** Progress from 0 to 1 by the weights of the steps; null if a total is unknown. */
  progress: number | null;
  /** Middle of the estimated range, ms; null if there is no estimate. */
  left: number | null;
  /** Estimated range, ms. */
  from: number | null;
  to: number | null;
  /** The time left as the page shows it; empty if there is no estimate. */
  text: string;
}

/** The runner loads the history after this time. */
const historyAfterMs = 100;

/**
 * Feeds a recorded run to a new estimator and reads the estimate at the given times, as a page does.
 * @param past jobs of the same kind
 * @param times ms from the start, rising
 */
export function replay(
  trace: Trace,
  past: readonly PastJob[],
  times: readonly number[],
): ReplayedEstimate[] {
  const estimator = createEstimator(trace.weights);
  const bar = createBar(trace);
  const row: Parameters<typeof estimatedEnd>[0] = {
    status: "running",
    eta_earliest: null,
    eta_latest: null,
    last_progress_at: 0,
    waiting_until: null,
  };
  const known: JobHistory = { past, size: trace.size, stepMs: [], samples: [], shares: null };
  let isKnown = false;
  let next = 0;
  let writtenAt = 0;
  const write = (at: number) => {
    writtenAt = at;
    const expected = estimator.estimate(at);
    row.eta_earliest = expected && at + expected.from;
    row.eta_latest = expected && at + expected.to;
  };
  /** The runner updates the estimate of a silent job at intervals. */
  const recheckUntil = (at: number) => {
    while (row.eta_latest !== null && at - writtenAt > recheckMs) write(writtenAt + recheckMs);
  };
  const replayUntil = (until: number) => {
    for (; next < trace.calls.length && trace.calls[next]![0] <= until; next++) {
      const call = trace.calls[next]!;
      recheckUntil(call[0]);
      if (!isKnown && call[0] >= historyAfterMs) {
        estimator.setHistory(known);
        isKnown = true;
        write(historyAfterMs);
      }
      applyCall(estimator, call);
      bar.apply(call);
      if (call[1] === "wait") row.waiting_until = call[2];
      if (call[1] === "observe") {
        row.last_progress_at = bar.progressedAt;
        write(call[0]);
      }
    }
  };
  return times.map((at) => {
    replayUntil(at);
    recheckUntil(at);
    const end = estimatedEnd(row, at);
    const from = end && Math.max(0, end.from - at);
    const to = end && Math.max(0, end.to - at);
    const left = from === null || to === null ? null : (from + to) / 2;
    return { at, progress: bar.progress, left, from, to, text: timeLeftText(row, at) };
  });
}

function applyCall(estimator: Estimator, [at, ...call]: Trace["calls"][number]): void {
  if (call[0] === "begin") estimator.startStep(at, call[1], 0);
  else if (call[0] === "observe") estimator.observe(at, call[1], call[2]);
  else if (call[0] === "expect") estimator.expect(call[1], call[2]);
  else estimator.setWait(at, call[1]);
}

/** Computes the progress bar as the page shows it. */
function createBar({ weights }: Trace) {
  const totalWeight = sum(weights);
  let step = 0;
  let done = -1;
  return {
    progress: null as number | null,
    progressedAt: 0,
    apply([at, ...call]: Trace["calls"][number]): void {
      if (call[0] === "begin") [step, done] = [call[1], -1];
      if (call[0] !== "observe") return;
      const [, now, total] = call;
      const fraction = total ? Math.min(1, now / total) : null;
      this.progress =
        fraction === null
          ? null
          : (sum(weights.slice(0, step)) + weights[step]! * fraction) / totalWeight;
      if (now !== done) this.progressedAt = at;
      done = now;
    },
  };
}

/** The baseline for other estimates: elapsed × (1 − p) / p. */
export function baseline({
  at,
  progress,
}: Pick<ReplayedEstimate, "at" | "progress">): number | null {
  return progress ? (at * (1 - progress)) / progress : null;
}

/** Error of the estimated end, as a share of the run. */
export function errorOf(left: number, at: number, trace: Pick<Trace, "ms">): number {
  return Math.abs(at + left - trace.ms) / trace.ms;
}

/** Presents a recorded run as a past job. */
export function asPast({ ms, size, steps }: Trace): PastJob {
  return { ms, size, steps };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
