/**
 * Progress as a throttle with a leading and a trailing edge: each job's latest values wait in one
 * map and are written for all of them together. Pure: clock, timer and writer are handed in.
 */
import type { Estimator } from "../eta/estimator.ts";
import type { LogLine } from "./log-buffer.ts";
import {
  type BegunStep,
  createProgressState,
  nextWait,
  type ProgressRow,
  type ProgressState,
  takeProgressRow,
  toCount,
} from "./progress-state.ts";

/** With many jobs one statement gets long, so it is sent less often. */
const intervalMs = { few: 100, many: 250 };
const maxJobsForShortInterval = 50;
/** Log lines of all jobs that are written in one transaction: whoever else writes waits for its end. */
const maxLinesPerWrite = 1_000;
/** Where something was expected and nothing more is told, that is looked at again. */
export const recheckMs = 3_000;
/** A shorter wait changes nothing that people see, and needs no writing of its own. */
const minReportedWaitMs = 3_000;

/** What is known of a step that begins. */
const noProgress = { done: 0, total: null, message: null };

/** Resolves to the ids of jobs whose fence had moved on: nothing was written for these. */
export type WriteProgress = (rows: ProgressRow[], logs: WaitingLines) => Promise<Iterable<string>>;

/** Log lines by job. */
export type WaitingLines = Map<string, { fence: number; lines: LogLine[] }>;

export interface JobProgress {
  /** Of the step in hand as it was told last; what was done where no total was told. */
  readonly total: number | null;
  /** Takes nanoseconds; the last value wins. */
  set(done: number, total: number | null, message: string | null): void;
  log(line: LogLine): void;
  /** Called when a step begins, or is gone on with. */
  beginStep(step: BegunStep): void;
  /** The job waits; of several waits side by side the one that ends first counts. @returns ends it */
  wait(until: number, reason: string | null): () => void;
  /** Writes what is expected, where that became known without progress. */
  estimateChanged(): void;
  /**
   * Writes what waits, and keeps it as an event: the last of a step is never left out. Of a run that
   * is forgotten nothing is written.
   */
  flush(): Promise<void>;
  stop(): void;
}

export interface ProgressTracker {
  /**
   * @param onLost is called when it shows that the job is no longer this run's
   * @param logged log lines that earlier runs wrote
   */
  track(
    id: string,
    fence: number,
    estimator: Estimator,
    onLost?: () => void,
    logged?: number,
  ): JobProgress;
  /** Writes what waits; final states call it before they end. */
  flush(): Promise<void>;
}

export function createProgressTracker(options: {
  write: WriteProgress;
  now: () => number;
  onError: (error: unknown) => void;
  after?: (ms: number, run: () => void) => void;
}): ProgressTracker {
  const { write, now, onError, after = (ms, run) => void setTimeout(run, ms) } = options;
  const entries = new Map<string, ProgressState>();
  let scheduled = false;
  let writing: Promise<void> = Promise.resolve();
  let writtenAt = Number.NEGATIVE_INFINITY;
  let looking = false;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    const interval = entries.size > maxJobsForShortInterval ? intervalMs.many : intervalMs.few;
    after(Math.max(0, writtenAt + interval - now()), () => {
      flush().catch(onError);
    });
  }

  function flush(): Promise<void> {
    scheduled = false;
    writing = writing.then(writeWaiting, writeWaiting);
    return writing;
  }

  /** A job that falls silent is not told of any more, though it says nothing itself. */
  function lookAgain(): void {
    if (looking) return;
    looking = true;
    after(recheckMs, () => {
      looking = false;
      const at = now();
      for (const entry of entries.values()) {
        if (!entry.expects) continue;
        if (at - entry.writtenAt >= recheckMs) entry.dirty = true;
        if (entry.dirty) schedule();
        lookAgain();
      }
    });
  }

  async function writeWaiting(): Promise<void> {
    const at = now();
    const rows: ProgressRow[] = [];
    const logs: WaitingLines = new Map();
    const told = new Map<string, ProgressState>();
    const most = Math.ceil(maxLinesPerWrite / entries.size);
    for (const entry of entries.values()) {
      if (entry.dirty) rows.push(takeProgressRow(entry, at));
      const lines = entry.lines.take(at, most, entry.finishing);
      if (lines.length > 0) logs.set(entry.id, { fence: entry.fence, lines });
      if (entry.dirty || logs.has(entry.id)) told.set(entry.id, entry);
      entry.dirty = false;
    }
    writtenAt = at;
    if (isAnyWaiting()) schedule();
    if (told.size === 0) return;
    if (rows.some(({ etaTo }) => etaTo !== null)) lookAgain();
    try {
      for (const id of await write(rows, logs)) lose(told.get(id));
    } catch (error) {
      keepWaiting(rows, logs);
      throw error;
    }
  }

  function isAnyWaiting(): boolean {
    return entries.values().some(({ lines }) => lines.waiting);
  }

  /** Not where its run has ended meanwhile, or another one of this job has begun. */
  function lose(entry: ProgressState | undefined): void {
    if (entry && entries.get(entry.id) === entry) entry.onLost();
  }

  /** What could not be written waits for the next time, unless its job is over by then. */
  function keepWaiting(rows: ProgressRow[], logs: WaitingLines): void {
    for (const { id, sampled } of rows) {
      const entry = entries.get(id);
      if (!entry) continue;
      entry.dirty = true;
      if (sampled) entry.unsampled = true;
    }
    for (const [id, { lines }] of logs) entries.get(id)?.lines.putBack(lines);
    if (entries.size > 0) schedule();
  }

  return {
    flush,
    track(id, fence, estimator, onLost = () => {}, logged = 0) {
      const entry = createProgressState({ id, fence, estimator, onLost }, logged);
      entries.set(id, entry);

      function tell(): void {
        if (entry.dirty) return;
        entry.dirty = true;
        schedule();
      }

      return {
        get total() {
          return toCount(entry.total ?? entry.done) || null;
        },
        set(done, total, message) {
          // A kind is not always checked for its types, and what is no figure would fail all rows.
          entry.done = Number(done);
          entry.total = total === null ? null : Number(total);
          entry.message = message === null ? null : String(message);
          entry.fresh = false;
          entry.unsampled = true;
          tell();
        },
        log(line) {
          entry.lines.add(line);
          schedule();
        },
        beginStep({
          position,
          toWhole,
          saved: told = { ...noProgress, progress: entry.progress },
        }) {
          Object.assign(entry, told, { toWhole, fresh: true });
          estimator.startStep(now(), position, told.done);
        },
        wait(until, reason) {
          const wait = { until, reason: reason === null ? null : String(reason) };
          const changed = () => estimator.setWait(now(), nextWait(entry.waits)?.until ?? null);
          entry.waits.add(wait);
          changed();
          if (until - now() >= minReportedWaitMs) tell();
          return () => {
            entry.waits.delete(wait);
            changed();
          };
        },
        estimateChanged: tell,
        async flush() {
          if (entry.unsampled) {
            entry.dirty = true;
            entry.sampledAt = Number.NEGATIVE_INFINITY;
          }
          entry.finishing = true;
          try {
            do await flush();
            while (entry.lines.waiting && entries.get(id) === entry);
          } finally {
            entry.finishing = false;
          }
        },
        stop() {
          if (entries.get(id) === entry) entries.delete(id);
        },
      };
    },
  };
}
