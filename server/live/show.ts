/** Puts a job's state into mailboxes: of all who watch when it changed, of one who just came. */
import type { StepRow } from "../backend/schema.ts";
import type { JobReader } from "../engine/job-reader.ts";
import type { JobSummaryRow } from "../engine/job-summary.ts";
import type { JobView } from "../presenters/view-types.ts";
import type { Frames } from "./frames.ts";
import { event, frame } from "./sse-format.ts";
import { needOf, sameShape, shownAs, type WatchedJob } from "./watched-job.ts";
import type { Watcher } from "./watcher.ts";

export interface Show {
  /**
   * What ticks is rendered at once, and waits for `deliver`: thousands of renderings and then as
   * many writes leave the processor's caches more than both in turns.
   * @returns true where a frame was held back and is due later
   */
  change(job: WatchedJob, row: JobSummaryRow): boolean | Promise<boolean>;
  deliver(): void;
  /** Frames put into mailboxes so far. */
  readonly frameCount: number;
  /**
   * The whole state as it is, to one who just came.
   * @param steps were read behind the row
   * @returns false where others have been shown a newer row: read it again
   */
  welcome(
    watcher: Watcher,
    job: WatchedJob,
    row: JobSummaryRow,
    steps: readonly StepRow[],
  ): Promise<boolean>;
}

export function createShow(options: {
  reader: JobReader;
  frames: Frames;
  now: () => number;
}): Show {
  const { reader, frames, now } = options;
  let frameCount = 0;
  let rendered: { job: WatchedJob; chunk: Uint8Array }[] = [];

  function put(to: Iterable<Watcher>, target: string, chunk: Uint8Array): void {
    for (const { mailbox } of to) {
      mailbox.put(target, chunk);
      frameCount++;
    }
  }

  function send(to: Iterable<Watcher>, target: string, html: string): void {
    put(to, target, frame(html));
  }

  /** Nobody is told a line before an earlier one: who still waits for those gets these with them. */
  async function newLines(job: WatchedJob, row: JobSummaryRow): Promise<void> {
    if (row.log_seq <= job.logSeq) return;
    const lines = job.pages.size > 0 ? await linesBehind(job.id, job.logSeq) : undefined;
    job.logSeq = Math.max(row.log_seq, lines?.last ?? 0);
    if (!lines) return;
    for (const watcher of job.pages) {
      if (!job.arriving.has(watcher)) watcher.mailbox.append(lines.chunk);
    }
  }

  /** Looks again where others were told of more lines meanwhile. */
  async function missedLines(watcher: Watcher, job: WatchedJob): Promise<void> {
    let after = watcher.cursors.get(job.id) ?? 0;
    let told: number;
    do {
      told = job.logSeq;
      const lines = await linesBehind(job.id, after);
      if (!lines) continue;
      watcher.mailbox.append(lines.chunk);
      after = lines.last;
    } while (job.logSeq > told);
  }

  async function linesBehind(id: string, after: number) {
    const lines = await reader.logTail(id, after);
    const last = lines.at(-1)?.seq;
    if (last === undefined) return undefined;
    return { last, chunk: event("lines", `${id} ${last} ${frames.lines(id, lines)}`) };
  }

  async function changeShape(job: WatchedJob, row: JobSummaryRow, at: number): Promise<boolean> {
    job.steps = await reader.steps(row.id);
    return showPanel(job, row, frames.view(row, job.steps, at), at);
  }

  /** What may fail comes first, so that what is noted as shown was sent. */
  async function showPanel(job: WatchedJob, row: JobSummaryRow, view: JobView, at: number) {
    const result = job.pages.size > 0 ? await frames.result(row, at) : "";
    await newLines(job, row);
    job.shown = shownAs(row, view, at);
    job.ended = row.finished_at !== null;
    if (job.rows.size > 0) send(job.rows, `row:${row.id}`, frames.row(view));
    if (job.pages.size > 0) send(job.pages, `panel:${row.id}`, frames.panel(view));
    if (result) send(job.pages, `result:${row.id}`, result);
    return false;
  }

  return {
    get frameCount() {
      return frameCount;
    },

    change(job, row) {
      if (row.version < job.version) return false;
      job.version = row.version;
      const at = now();
      if (!sameShape(row, job.shown.shape)) return changeShape(job, row, at);
      const view = frames.view(row, job.steps, at);
      const need = needOf(job, view, at);
      if (need === "panel") return showPanel(job, row, view, at);
      if (need === "tick") {
        job.shown.version = row.version;
        job.shown.at = at;
        rendered.push({ job, chunk: frame(frames.tick(view)) });
      }
      const later = need === "later";
      return row.log_seq > job.logSeq ? newLines(job, row).then(() => later) : later;
    },

    deliver() {
      const chunks = rendered;
      rendered = [];
      for (const { job, chunk } of chunks) {
        const target = `tick:${job.id}`;
        put(job.pages, target, chunk);
        put(job.rows, target, chunk);
      }
    },

    async welcome(watcher, job, row, steps) {
      const isPage = job.pages.has(watcher);
      const at = now();
      const result = isPage ? await frames.result(row, at) : "";
      if (row.version < job.version) return false;
      const view = frames.view(row, steps, at);
      job.steps = steps;
      if (job.version < 0) {
        job.version = row.version;
        job.ended = row.finished_at !== null;
        job.logSeq = row.log_seq;
        job.shown = shownAs(row, view, at);
      }
      if (job.rows.has(watcher)) send([watcher], `row:${row.id}`, frames.row(view));
      if (isPage) send([watcher], `panel:${row.id}`, frames.panel(view));
      if (result) send([watcher], `result:${row.id}`, result);
      if (isPage) await missedLines(watcher, job);
      job.arriving.delete(watcher);
      return true;
    },
  };
}
