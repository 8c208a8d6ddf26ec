/**
 * Throttles the writes of progress, with a leading and a trailing edge. The latest values of all jobs
 * wait in one map and are written together. Pure: callers pass in the clocks, the timer and the writer.
 */
import type { Estimator } from "../eta/estimator.ts";
import type { LogLine } from "./log-buffer.ts";
import {
  createProgressState,
  nextWait,
  type ProgressRow,
  type ProgressState,
  type StepStart,
  takeProgressRow,
  toCount,
} from "./progress-state.ts";

/** The statement for many jobs is long, so it is sent less often. */
const intervalMs = { few: 100, many: 250 };
const maxJobsForShortInterval = 50;
/** Maximum number of log lines of all jobs in one transaction, because other writers wait for it. */
const maxLinesPerWrite = 1_000;
/** A job with an estimate that reports nothing gets a new estimate after this time. */
export const recheckMs = 3_000;
/** A shorter wait is not visible on a page, so it is not written at once. */
const minReportedWaitMs = 3_000;

const noProgress = { done: 0, total: null, message: null };

/** Resolves to the ids of jobs that another run has claimed: nothing was written for these. */
export type WriteProgress = (rows: ProgressRow[], logs: WaitingLines) => Promise<Iterable<string>>;

/** Log lines by job id. Those of a cleanup belong to a job that has ended. */
export type WaitingLines = Map<string, { fence: number; isCleanup: boolean; lines: LogLine[] }>;

export interface JobProgress {
  /** The last total of the current step, or its completed items if it has none. */
  readonly total: number | null;
  /** Takes nanoseconds. The last value wins. */
  set(done: number, total: number | null, message: string | null): void;
  /** Announces the total of a later step. It is written with the next progress. */
  expect(position: number, total: number): void;
  log(line: LogLine): void;
  /** Starts a step, or continues it. */
  startStep(step: StepStart): void;
  /**
   * Announces a wait of so many ms. Of concurrent waits the one that ends first is shown.
   * @returns a function that ends it
   */
  wait(ms: number, reason: string | null): () => void;
  /** Writes an estimate that changed without progress. */
  estimateChanged(): void;
  /** Writes progress and log lines now, with an event. Does nothing after `stop`. */
  flush(): Promise<void>;
  stop(): void;
}

export interface ProgressTracker {
  /**
   * @param onLost called if another run has claimed the job
   * @param linesBefore number of log lines that earlier runs wrote
   * @param isCleanup true for the cleanup of an ended job, of which only log lines are written
   */
  track(
    id: string,
    fence: number,
    estimator: Estimator,
    onLost?: () => void,
    linesBefore?: number,
    isCleanup?: boolean,
  ): JobProgress;
  /** Writes the progress and log lines of all jobs now. */
  flush(): Promise<void>;
}

/**
 * @param options.now the database's clock, ms since 1970, for times that are stored
 * @param options.elapsed a clock in ms that nobody can set, for intervals and estimates
 */
export function createProgressTracker(options: {
  write: WriteProgress;
  now: () => number;
  elapsed: () => number;
  onError: (error: unknown) => void;
  after?: (ms: number, run: () => void) => void;
}): ProgressTracker {
  const { write, now, elapsed, onError, after = (ms, run) => void setTimeout(run, ms) } = options;
  const entries = new Map<string, ProgressState>();
  let scheduled = false;
  let writing: Promise<void> = Promise.resolve();
  let writtenAt = Number.NEGATIVE_INFINITY;
  let recheckScheduled = false;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    const interval = entries.size > maxJobsForShortInterval ? intervalMs.many : intervalMs.few;
    after(Math.max(0, writtenAt + interval - elapsed()), () => {
      flush().catch(onError);
    });
  }

  function flush(): Promise<void> {
    scheduled = false;
    writing = writing.then(writeWaiting, writeWaiting);
    return writing;
  }

  /** Estimates silent jobs again, because the estimator withdraws its estimate after a long silence. */
  function scheduleRecheck(): void {
    if (recheckScheduled) return;
    recheckScheduled = true;
    after(recheckMs, () => {
      recheckScheduled = false;
      const at = elapsed();
      for (const entry of entries.values()) {
        if (!entry.hasEstimate) continue;
        if (at - entry.writtenAt >= recheckMs) entry.dirty = true;
        if (entry.dirty) schedule();
        scheduleRecheck();
      }
    });
  }

  async function writeWaiting(): Promise<void> {
    const at = now();
    const elapsedMs = elapsed();
    const rows: ProgressRow[] = [];
    const logs: WaitingLines = new Map();
    const written = new Map<string, ProgressState>();
    const maxLines = Math.ceil(maxLinesPerWrite / entries.size);
    for (const entry of entries.values()) {
      if (entry.dirty) rows.push(takeProgressRow(entry, at, elapsedMs));
      const lines = entry.lines.take(at, maxLines, entry.finishing);
      const { fence, isCleanup } = entry;
      if (lines.length > 0) logs.set(entry.id, { fence, isCleanup, lines });
      if (entry.dirty || logs.has(entry.id)) written.set(entry.id, entry);
      entry.dirty = false;
    }
    writtenAt = elapsedMs;
    if (hasWaitingLines()) schedule();
    if (written.size === 0) return;
    if (rows.some(({ etaLatest }) => etaLatest !== null)) scheduleRecheck();
    try {
      for (const id of await write(rows, logs)) notifyLost(written.get(id));
    } catch (error) {
      putBack(rows, logs);
      throw error;
    }
  }

  function hasWaitingLines(): boolean {
    return entries.values().some(({ lines }) => lines.waiting);
  }

  /** Ignores a run that has ended since, because the job may have a new run in this process. */
  function notifyLost(entry: ProgressState | undefined): void {
    if (entry && entries.get(entry.id) === entry) entry.onLost();
  }

  /** Writes again with the next flush what could not be written, unless the run has ended. */
  function putBack(rows: ProgressRow[], logs: WaitingLines): void {
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
    track(id, fence, estimator, onLost = () => {}, linesBefore = 0, isCleanup = false) {
      const claim = { id, fence, estimator, onLost, isCleanup };
      const entry = createProgressState(claim, linesBefore);
      entries.set(id, entry);

      function markDirty(): void {
        if (entry.dirty || isCleanup) return;
        entry.dirty = true;
        schedule();
      }

      return {
        get total() {
          return toCount(entry.total ?? entry.done) || null;
        },
        set(done, total, message) {
          // Converts, because kinds may run without a check of their types, and a wrong one would
          // fail the rows of all jobs.
          entry.done = Number(done);
          entry.total = total === null ? null : Number(total);
          entry.message = message === null ? null : String(message);
          entry.isNewStep = false;
          entry.unsampled = true;
          markDirty();
        },
        expect(position, total) {
          estimator.expect(position, Number(total));
        },
        log(line) {
          entry.lines.add(line);
          schedule();
        },
        startStep({
          position,
          toJobProgress,
          saved = { ...noProgress, progress: entry.progress },
        }) {
          Object.assign(entry, saved, { toJobProgress, isNewStep: true });
          estimator.startStep(elapsed(), position, saved.done);
        },
        wait(ms, reason) {
          const until = elapsed() + Number(ms);
          const wait = { until, reason: reason === null ? null : String(reason) };
          const onChange = () => estimator.setWait(elapsed(), nextWait(entry.waits)?.until ?? null);
          entry.waits.add(wait);
          onChange();
          if (ms >= minReportedWaitMs) markDirty();
          return () => {
            entry.waits.delete(wait);
            onChange();
          };
        },
        estimateChanged: markDirty,
        async flush() {
          if (entry.unsampled && !isCleanup) {
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
