/** The progress of one job between two writes, and the row that is written of it. Pure. */
import type { Estimator } from "../eta/estimator.ts";
import { shortenText } from "../sanitize-text.ts";
import { createLogBuffer, type LogBuffer } from "./log-buffer.ts";

/** A job gets at most one progress event in this time. Its row always has the latest progress. */
const minSampleIntervalMs = 1_000;

/** The progress of one job as it is written. */
export interface ProgressRow {
  id: string;
  fence: number;
  done: number;
  total: number | null;
  /** 0 to 1 over all steps, null if the total is unknown. */
  progress: number | null;
  message: string | null;
  /** Ms since 1970, like all times of the row. */
  at: number;
  etaEarliest: number | null;
  etaLatest: number | null;
  /** End and reason of an announced wait. */
  waitingUntil: number | null;
  waitingFor: string | null;
  /** 1 if the row is also inserted as an event, else 0. */
  sampled: number;
}

export interface StepStart {
  position: number;
  /** The saved progress of a step that an earlier run started. */
  saved?: { done: number; total: number | null; progress: number | null; message: string | null };
  /** Converts the progress of the step (0 to 1) into that of the whole job. */
  toJobProgress: (stepFraction: number | null) => number | null;
}

interface Wait {
  /** On the clock of the intervals. */
  until: number;
  reason: string | null;
}

/** All times are on a clock of intervals, which nobody can set. */
export interface ProgressState {
  id: string;
  fence: number;
  estimator: Estimator;
  onLost: () => void;
  done: number;
  total: number | null;
  message: string | null;
  /** Progress of the whole job in the last row. */
  progress: number | null;
  /** The kind has not reported progress in this step yet. */
  isNewStep: boolean;
  /** A row has to be written. */
  dirty: boolean;
  lines: LogBuffer;
  /** No more log lines are expected soon. */
  finishing: boolean;
  /** A cleanup of the ended job writes log lines, and no progress. */
  isCleanup: boolean;
  sampledAt: number;
  /** The last progress was not inserted as an event. */
  unsampled: boolean;
  toJobProgress: StepStart["toJobProgress"];
  waits: Set<Wait>;
  /** Time of the last row, and whether it had an estimated end. */
  writtenAt: number;
  hasEstimate: boolean;
}

/** @param linesBefore number of log lines that earlier runs wrote */
export function createProgressState(
  claim: Pick<ProgressState, "id" | "fence" | "estimator" | "onLost" | "isCleanup">,
  linesBefore: number,
): ProgressState {
  return {
    ...claim,
    done: 0,
    total: null,
    message: null,
    progress: null,
    isNewStep: false,
    dirty: false,
    lines: createLogBuffer(linesBefore),
    finishing: false,
    sampledAt: Number.NEGATIVE_INFINITY,
    unsampled: false,
    toJobProgress: (fraction) => fraction,
    waits: new Set(),
    writtenAt: Number.NEGATIVE_INFINITY,
    hasEstimate: false,
  };
}

/**
 * Makes the row to write now, and counts it as written.
 * @param at ms since 1970
 * @param elapsed the same moment on the clock of intervals
 */
export function takeProgressRow(job: ProgressState, at: number, elapsed: number): ProgressRow {
  const { id, fence, done, total, message, estimator } = job;
  const progress = job.isNewStep ? job.progress : job.toJobProgress(fractionOf(done, total));
  job.progress = progress;
  if (!job.isNewStep) estimator.observe(elapsed, done, total);
  const remaining = estimator.estimate(elapsed);
  const wait = nextWait(job.waits);
  job.writtenAt = elapsed;
  job.hasEstimate = remaining !== null;
  const sampled = job.unsampled && elapsed - job.sampledAt >= minSampleIntervalMs;
  if (sampled) {
    job.sampledAt = elapsed;
    job.unsampled = false;
  }
  return {
    id,
    fence,
    done: toCount(done),
    total: total === null ? null : toCount(total),
    progress,
    message: message === null ? null : shortenText(message),
    at,
    etaEarliest: remaining && toTimestamp(at + remaining.from),
    etaLatest: remaining && toTimestamp(at + remaining.to),
    waitingUntil: wait ? toTimestamp(at + wait.until - elapsed) : null,
    waitingFor: wait?.reason ? shortenText(wait.reason) : null,
    sampled: sampled ? 1 : 0,
  };
}

/** @returns the concurrent wait that ends first */
export function nextWait(waits: ReadonlySet<Wait>): Wait | undefined {
  return [...waits].sort((a, b) => a.until - b.until)[0];
}

function fractionOf(done: number, total: number | null): number | null {
  const fraction = total ? done / total : Number.NaN;
  return Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : null;
}

/** @returns null if an integer column cannot store the time */
function toTimestamp(at: number): number | null {
  const whole = Math.round(at);
  return Number.isSafeInteger(whole) ? whole : null;
}

/** A kind may report any number. One that a column cannot store would fail the rows of all jobs. */
export function toCount(reported: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(reported) || 0));
}
