/** Renders frames of jobs into mailboxes: changes for all watchers, a snapshot for a new one. */
import type { LogRow, StepRow } from "../backend/schema.ts";
import type { JobReader } from "../engine/job-reader.ts";
import type { JobSummaryRow } from "../engine/job-summary.ts";
import type { JobView } from "../presenters/job.ts";
import type { Frames } from "./frames.ts";
import { isSameShape, nextFrame, panelSent } from "./next-frame.ts";
import { event, frame } from "./sse-format.ts";
import type { WatchedJob, Watcher } from "./subscriptions.ts";

export interface Broadcaster {
  /**
   * Renders the frame that the change of a job requires. Frames of progress wait for `flush`, because
   * rendering thousands of frames and then writing them uses the CPU's caches better than
   * alternating.
   * @returns whether a frame is due later, because the last one is too recent
   */
  broadcast(job: WatchedJob, row: JobSummaryRow): boolean | Promise<boolean>;
  flush(): void;
  /**
   * Sends one watcher the whole state of the job and the log lines after the watcher's cursor.
   * @param steps must be read after the row
   * @returns false if a newer row has been broadcast: read it again
   */
  sendSnapshot(
    watcher: Watcher,
    job: WatchedJob,
    row: JobSummaryRow,
    steps: readonly StepRow[],
  ): Promise<boolean>;
  /** Number of frames put into mailboxes so far. */
  readonly frameCount: number;
}

/** An ended job that offers to start others changes once more, when one of them is started. */
function isSettled({ finished_at, follow_ups }: JobSummaryRow): boolean {
  return finished_at !== null && (follow_ups === null || follow_ups === "[]");
}

export function createBroadcaster(options: {
  reader: JobReader;
  frames: Frames;
  now: () => number;
}): Broadcaster {
  const { reader, frames, now } = options;
  let frameCount = 0;
  let rendered: { job: WatchedJob; chunk: Uint8Array }[] = [];

  function put(watchers: Iterable<Watcher>, target: string, chunk: Uint8Array): void {
    for (const { mailbox } of watchers) {
      mailbox.put(target, chunk);
      frameCount++;
    }
  }

  function send(watchers: Iterable<Watcher>, target: string, html: string): void {
    put(watchers, target, frame(html));
  }

  /** Skips joining watchers, whose snapshot includes these lines. */
  async function broadcastLogLines(job: WatchedJob, row: JobSummaryRow): Promise<void> {
    if (row.log_seq <= job.logSeq) return;
    const lines = job.pages.size > 0 ? await reader.logTail(job.id, job.logSeq) : [];
    job.logSeq = Math.max(row.log_seq, lines.at(-1)?.seq ?? 0);
    const whole = linesChunk(job.id, lines);
    for (const watcher of job.pages) {
      if (job.joining.has(watcher)) continue;
      const sentSeq = job.ahead.get(watcher) ?? 0;
      const newLines = lines.filter((line) => line.seq > sentSeq);
      const chunk = newLines.length === lines.length ? whole : linesChunk(job.id, newLines);
      if (chunk) watcher.mailbox.append(chunk);
      if (sentSeq <= job.logSeq) job.ahead.delete(watcher);
    }
  }

  /**
   * Appends the new text, or replaces all of it where it was long, or a new run has taken some back. A page
   * knows the length of its text, so text that comes twice does no harm.
   */
  async function broadcastOutput(job: WatchedJob, row: JobSummaryRow): Promise<void> {
    const { output_length: length, fence } = row;
    if (!hasNewOutput(job, row)) return;
    const isAppended = job.outputLength > 0 && fence === job.outputFence;
    const after = isAppended ? job.outputLength : 0;
    const isWatched = job.pages.size > 0;
    const part = isWatched ? await reader.output(job.id, after) : { from: 0, text: "", length };
    job.outputLength = part.length;
    job.outputFence = fence;
    if (!isWatched) return;
    if (isAppended && part.from === after) {
      const chunk = frame(frames.outputText(job.id, part));
      for (const { mailbox } of job.pages) mailbox.append(chunk);
    } else send(job.pages, `output:${job.id}`, frames.output(row, part, now()));
  }

  function hasNewOutput(job: WatchedJob, { output_length, fence }: JobSummaryRow): boolean {
    return output_length !== job.outputLength || (output_length > 0 && fence !== job.outputFence);
  }

  /**
   * Repeats if lines were broadcast during the read, because a joining watcher misses them. The watcher
   * has joined in the same turn in which the last read is found complete: a broadcast in between
   * would still leave it out.
   */
  async function joinLog(watcher: Watcher, job: WatchedJob): Promise<void> {
    let after = watcher.cursors.get(job.id) ?? 0;
    let logSeqBefore: number;
    do {
      logSeqBefore = job.logSeq;
      const lines = await reader.logTail(job.id, after);
      const chunk = linesChunk(job.id, lines);
      if (chunk) watcher.mailbox.append(chunk);
      after = lines.at(-1)?.seq ?? after;
    } while (job.logSeq > logSeqBefore);
    if (after > job.logSeq && job.pages.has(watcher)) job.ahead.set(watcher, after);
    job.joining.delete(watcher);
  }

  function linesChunk(id: string, lines: readonly LogRow[]): Uint8Array | undefined {
    const last = lines.at(-1)?.seq;
    if (last === undefined) return undefined;
    return event("lines", `${id} ${last} ${frames.logLines(id, lines)}`);
  }

  async function broadcastNewShape(
    job: WatchedJob,
    row: JobSummaryRow,
    at: number,
  ): Promise<boolean> {
    job.steps = await reader.steps(row.id);
    return broadcastPanel(job, row, frames.view(row, job.steps, at), at);
  }

  async function broadcastPanel(
    job: WatchedJob,
    row: JobSummaryRow,
    view: JobView,
    at: number,
  ): Promise<boolean> {
    // Reads come first, because they may fail, and then nothing may count as sent.
    const result = job.pages.size > 0 ? await frames.result(row, at) : "";
    await broadcastLogLines(job, row);
    await broadcastOutput(job, row);
    job.sent = panelSent(row, view, at);
    job.ended = isSettled(row);
    if (job.rows.size > 0) send(job.rows, `row:${row.id}`, frames.row(view));
    if (job.pages.size > 0) send(job.pages, `panel:${row.id}`, frames.panel(view));
    if (result) send(job.pages, `result:${row.id}`, result);
    return false;
  }

  return {
    get frameCount() {
      return frameCount;
    },

    broadcast(job, row) {
      if (row.version < job.version) return false;
      job.version = row.version;
      const at = now();
      if (!isSameShape(row, job.sent.shape)) return broadcastNewShape(job, row, at);
      const view = frames.view(row, job.steps, at);
      const next = nextFrame(job.sent, view, at);
      if (next === "panel") return broadcastPanel(job, row, view, at);
      if (next === "progress") {
        job.sent.version = row.version;
        job.sent.at = at;
        rendered.push({ job, chunk: frame(frames.progress(view)) });
      }
      const isDueLater = next === "later";
      const hasOutput = hasNewOutput(job, row);
      if (row.log_seq <= job.logSeq && !hasOutput) return isDueLater;
      const sent = broadcastLogLines(job, row);
      return (hasOutput ? sent.then(() => broadcastOutput(job, row)) : sent).then(() => isDueLater);
    },

    flush() {
      const waiting = rendered;
      rendered = [];
      for (const { job, chunk } of waiting) {
        const target = `progress:${job.id}`;
        put(job.pages, target, chunk);
        put(job.rows, target, chunk);
      }
    },

    async sendSnapshot(watcher, job, row, steps) {
      const isPage = job.pages.has(watcher);
      const at = now();
      const result = isPage ? await frames.result(row, at) : "";
      const output = isPage && row.output_length > 0 ? await reader.output(row.id, 0) : undefined;
      if (row.version < job.version) return false;
      const view = frames.view(row, steps, at);
      job.steps = steps;
      if (job.version < 0) {
        job.version = row.version;
        job.ended = isSettled(row);
        job.logSeq = row.log_seq;
        job.outputLength = row.output_length;
        job.outputFence = row.fence;
        job.sent = panelSent(row, view, at);
      }
      if (job.rows.has(watcher)) send([watcher], `row:${row.id}`, frames.row(view));
      if (isPage) send([watcher], `panel:${row.id}`, frames.panel(view));
      if (result) send([watcher], `result:${row.id}`, result);
      if (output) send([watcher], `output:${row.id}`, frames.output(row, output, at));
      if (isPage) await joinLog(watcher, job);
      else job.joining.delete(watcher);
      return true;
    },
  };
}
