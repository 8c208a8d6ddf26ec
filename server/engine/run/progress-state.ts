/** What a run tells of its job between two writings, and the row that is made of it. Pure. */
import type { Estimator } from "../eta/estimator.ts";
import { shortenText } from "../sanitize-text.ts";
import { createLogBuffer, type LogBuffer } from "./log-buffer.ts";

/** Of progress at most this many events a job are kept; the row always has the latest. */
const sampleEveryMs = 1_000;

/** What is written for one job. */
export interface ProgressRow {
  id: string;
  fence: number;
  done: number;
  total: number | null;
  /** 0 to 1 over all steps, null where the total is unknown. */
  progress: number | null;
  message: string | null;
  at: number;
  etaFrom: number | null;
  etaTo: number | null;
  /** While it waits as it said it would: until when, and what for. */
  waitsUntil: number | null;
  waitsFor: string | null;
  /** 1 where this one is also kept as an event. */
  sampled: number;
}

export interface BegunStep {
  position: number;
  /** What an earlier run told of it last, where this one goes on with it. */
  saved?: { done: number; total: number | null; progress: number | null; message: string | null };
  /** How a step's fraction becomes one of the whole job. */
  toWhole: (stepFraction: number | null) => number | null;
}

interface Wait {
  until: number;
  reason: string | null;
}

/** One job as its run tells of it, until that is written. */
export interface ProgressState {
  id: string;
  fence: number;
  estimator: Estimator;
  onLost: () => void;
  done: number;
  total: number | null;
  message: string | null;
  /** Of the whole job, as it was written last. */
  progress: number | null;
  /** Nothing was told of the step that began; what was written stands. */
  fresh: boolean;
  dirty: boolean;
  lines: LogBuffer;
  /** Nothing follows for a while. */
  finishing: boolean;
  sampledAt: number;
  /** The last value is not kept as an event. */
  unsampled: boolean;
  toWhole: BegunStep["toWhole"];
  waits: Set<Wait>;
  /** When a row was written last, and whether an end was expected then. */
  writtenAt: number;
  expects: boolean;
}

/** @param logged log lines that earlier runs wrote */
export function createProgressState(
  claim: Pick<ProgressState, "id" | "fence" | "estimator" | "onLost">,
  logged: number,
): ProgressState {
  return {
    ...claim,
    done: 0,
    total: null,
    message: null,
    progress: null,
    fresh: false,
    dirty: false,
    lines: createLogBuffer(logged),
    finishing: false,
    sampledAt: Number.NEGATIVE_INFINITY,
    unsampled: false,
    toWhole: (fraction) => fraction,
    waits: new Set(),
    writtenAt: Number.NEGATIVE_INFINITY,
    expects: false,
  };
}

/**
 * What of a job is to be written now; by that it counts as written.
 * @param at ms since 1970
 */
export function takeProgressRow(job: ProgressState, at: number): ProgressRow {
  const { id, fence, done, total, message, estimator } = job;
  const progress = job.fresh ? job.progress : job.toWhole(fractionOf(done, total));
  job.progress = progress;
  if (!job.fresh) estimator.observe(at, done, total);
  const expected = estimator.estimate(at);
  const wait = nextWait(job.waits);
  job.writtenAt = at;
  job.expects = expected !== null;
  const sampled = job.unsampled && at - job.sampledAt >= sampleEveryMs;
  if (sampled) {
    job.sampledAt = at;
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
    etaFrom: expected && toTimestamp(at + expected.from),
    etaTo: expected && toTimestamp(at + expected.to),
    waitsUntil: wait ? toTimestamp(wait.until) : null,
    waitsFor: wait?.reason ? shortenText(wait.reason) : null,
    sampled: sampled ? 1 : 0,
  };
}

/** Of several waits side by side the one that ends first. */
export function nextWait(waits: ReadonlySet<Wait>): Wait | undefined {
  return [...waits].sort((a, b) => a.until - b.until)[0];
}

function fractionOf(done: number, total: number | null): number | null {
  const fraction = total ? done / total : Number.NaN;
  return Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : null;
}

/** As a column holds it, too; what is no moment is not told. */
function toTimestamp(at: number): number | null {
  const whole = Math.round(at);
  return Number.isSafeInteger(whole) ? whole : null;
}

/** A kind may tell any number; a column that cannot hold it would fail the rows of all jobs. */
export function toCount(told: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(told) || 0));
}
