/**
 * Progress as a throttle with a leading and a trailing edge: each job's latest values wait in one
 * map and are written for all of them together. Pure: clock, timer and writer are handed in.
 */
import { storable } from "../storable.ts";
import type { Estimator } from "./estimate.ts";

/** With many jobs one statement gets long, so it is sent less often. */
const intervalMs = { few: 100, many: 250 };
const fewJobs = 50;
/** Of progress at most this many events a job are kept; the row always has the latest. */
const sampleEveryMs = 1_000;
/** Text longer than this is cut: it is a line on a page. */
const longestText = 500;

export interface LogLine {
  level: "info" | "warn" | "error";
  message: string;
  at: number;
}

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
  /** 1 where this one is also kept as an event. */
  sampled: number;
}

/** Resolves to the ids of jobs whose fence had moved on: nothing was written for these. */
export type WriteProgress = (rows: ProgressRow[], logs: WaitingLines) => Promise<Iterable<string>>;

/** Log lines by job. */
export type WaitingLines = Map<string, { fence: number; lines: LogLine[] }>;

export interface Tracked {
  /** Takes nanoseconds; the last value wins. */
  set(done: number, total: number | null, message: string | null): void;
  log(line: LogLine): void;
  /** Says how a step's fraction becomes one of the whole job; called when a step begins. */
  scale(toWhole: (stepFraction: number | null) => number | null): void;
  /** Writes what waits, and keeps it as an event: the last of a step is never left out. */
  finish(): Promise<void>;
  forget(): void;
}

export interface Progress {
  /** @param onLost is called when it shows that the job is no longer this run's */
  track(id: string, fence: number, estimator: Estimator, onLost?: () => void): Tracked;
  /** Writes what waits; final states call it before they end. */
  flush(): Promise<void>;
}

interface Entry {
  id: string;
  fence: number;
  estimator: Estimator;
  onLost: () => void;
  done: number;
  total: number | null;
  message: string | null;
  dirty: boolean;
  lines: LogLine[];
  sampledAt: number;
  /** The last value that was written is not kept as an event. */
  unsampled: boolean;
  toWhole: (stepFraction: number | null) => number | null;
}

export function createProgress(options: {
  write: WriteProgress;
  now: () => number;
  onError: (error: unknown) => void;
  after?: (ms: number, run: () => void) => void;
}): Progress {
  const { write, now, onError, after = (ms, run) => void setTimeout(run, ms) } = options;
  const entries = new Map<string, Entry>();
  let scheduled = false;
  let writing: Promise<void> = Promise.resolve();
  let writtenAt = Number.NEGATIVE_INFINITY;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    const interval = entries.size > fewJobs ? intervalMs.many : intervalMs.few;
    after(Math.max(0, writtenAt + interval - now()), () => {
      flush().catch(onError);
    });
  }

  function flush(): Promise<void> {
    scheduled = false;
    writing = writing.then(writeWaiting, writeWaiting);
    return writing;
  }

  async function writeWaiting(): Promise<void> {
    const at = now();
    const rows: ProgressRow[] = [];
    const logs: WaitingLines = new Map();
    const told = new Map<string, Entry>();
    for (const entry of entries.values()) {
      if (entry.dirty) rows.push(rowOf(entry, at));
      if (entry.lines.length > 0) {
        logs.set(entry.id, { fence: entry.fence, lines: entry.lines });
        entry.lines = [];
      }
      if (entry.dirty || logs.has(entry.id)) told.set(entry.id, entry);
      entry.dirty = false;
    }
    writtenAt = at;
    if (told.size === 0) return;
    try {
      for (const id of await write(rows, logs)) lose(told.get(id));
    } catch (error) {
      keepWaiting(rows, logs);
      throw error;
    }
  }

  /** Not where its run has ended meanwhile, or another one of this job has begun. */
  function lose(entry: Entry | undefined): void {
    if (entry && entries.get(entry.id) === entry) entry.onLost();
  }

  /** What could not be written waits for the next time, unless its job is over by then. */
  function keepWaiting(rows: ProgressRow[], logs: WaitingLines): void {
    for (const { id } of rows) if (entries.has(id)) entries.get(id)!.dirty = true;
    for (const [id, { lines }] of logs) entries.get(id)?.lines.unshift(...lines);
    if (entries.size > 0) schedule();
  }

  return {
    flush,
    track(id, fence, estimator, onLost = () => {}) {
      const entry: Entry = {
        id,
        fence,
        estimator,
        onLost,
        done: 0,
        total: null,
        message: null,
        dirty: false,
        lines: [],
        sampledAt: Number.NEGATIVE_INFINITY,
        unsampled: false,
        toWhole: (fraction) => fraction,
      };
      entries.set(id, entry);
      return {
        set(done, total, message) {
          entry.done = done;
          entry.total = total;
          entry.message = message;
          if (entry.dirty) return;
          entry.dirty = true;
          schedule();
        },
        log(line) {
          entry.lines.push({ ...line, message: cut(line.message) });
          schedule();
        },
        scale(toWhole) {
          entry.toWhole = toWhole;
        },
        async finish() {
          if (entry.dirty || entry.unsampled) {
            entry.dirty = true;
            entry.sampledAt = Number.NEGATIVE_INFINITY;
          }
          await flush();
        },
        forget() {
          if (entries.get(id) === entry) entries.delete(id);
        },
      };
    },
  };
}

function rowOf(entry: Entry, at: number): ProgressRow {
  const { id, fence, done, total, message, estimator } = entry;
  const progress = entry.toWhole(fractionOf(done, total));
  if (progress !== null) estimator.observe(at, progress);
  const expected = progress === null ? null : estimator.expect(at);
  const sampled = at - entry.sampledAt >= sampleEveryMs;
  if (sampled) entry.sampledAt = at;
  entry.unsampled = !sampled;
  return {
    id,
    fence,
    done: count(done),
    total: total === null ? null : count(total),
    progress,
    message: message === null ? null : cut(message),
    at,
    etaFrom: expected && Math.round(at + expected.from),
    etaTo: expected && Math.round(at + expected.to),
    sampled: sampled ? 1 : 0,
  };
}

function fractionOf(done: number, total: number | null): number | null {
  const fraction = total ? done / total : Number.NaN;
  return Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : null;
}

/** A kind may tell any number; a column that cannot hold it would fail the rows of all jobs. */
function count(told: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(told) || 0));
}

function cut(text: string): string {
  return storable(text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text);
}
