/** Puts a job's state into mailboxes: of all who watch when it changed, of one who just came. */
import type { ShownRow } from "../jobs/shown/shown-row.ts";
import type { JobView } from "../jobs/shown/view-types.ts";
import { event, frame } from "./event-stream.ts";
import type { Frames } from "./frames.ts";
import type { JobReader } from "./job-reader.ts";
import { needOf, sameShape, shownAs, type WatchedJob } from "./watched-job.ts";
import type { Watcher } from "./watcher.ts";

export interface Show {
  /**
   * What ticks is rendered at once, and waits for `deliver`: thousands of renderings and then as
   * many writes leave the processor's caches more than both in turns.
   * @returns true where a frame was held back and is due later
   */
  change(job: WatchedJob, row: ShownRow): boolean | Promise<boolean>;
  deliver(): void;
  /** Frames put into mailboxes so far. */
  readonly frameCount: number;
  /** The whole state as it is. @returns true where others have not seen it yet */
  welcome(watcher: Watcher, job: WatchedJob, row: ShownRow): Promise<boolean>;
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

  async function result(to: Iterable<Watcher>, row: ShownRow, at: number): Promise<void> {
    const html = await frames.result(row, at);
    if (html) send(to, `result:${row.id}`, html);
  }

  async function newLines(job: WatchedJob, row: ShownRow): Promise<void> {
    if (row.log_seq <= job.logSeq) return;
    const after = job.logSeq;
    job.logSeq = row.log_seq;
    if (job.pages.size > 0) await linesBehind(job.pages, row.id, after);
  }

  async function linesBehind(to: Iterable<Watcher>, id: string, after: number): Promise<void> {
    const lines = await reader.lines(id, after);
    const last = lines.at(-1);
    if (!last) return;
    const chunk = event("lines", `${id} ${last.seq} ${frames.lines(id, lines)}`);
    for (const { mailbox } of to) mailbox.append(chunk);
  }

  async function changeShape(job: WatchedJob, row: ShownRow, at: number): Promise<boolean> {
    job.steps = await reader.steps(row.id);
    return showPanel(job, row, frames.view(row, job.steps, at), at);
  }

  async function showPanel(job: WatchedJob, row: ShownRow, view: JobView, at: number) {
    job.shown = shownAs(row, view, at);
    if (job.rows.size > 0) send(job.rows, `row:${row.id}`, frames.row(view));
    if (job.pages.size > 0) {
      send(job.pages, `panel:${row.id}`, frames.panel(view));
      await result(job.pages, row, at);
    }
    await newLines(job, row);
    return false;
  }

  return {
    get frameCount() {
      return frameCount;
    },

    change(job, row) {
      if (row.version < job.version) return false;
      remember(job, row);
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

    async welcome(watcher, job, row) {
      const at = now();
      const page = job.pages.has(watcher);
      const steps = page ? await reader.steps(row.id) : [];
      const view = frames.view(row, steps, at);
      const ahead = job.version >= 0 && row.version > job.version;
      if (job.version < 0) {
        remember(job, row);
        Object.assign(job, { steps, logSeq: row.log_seq, shown: shownAs(row, view, at) });
      }
      if (job.rows.has(watcher)) send([watcher], `row:${row.id}`, frames.row(view));
      if (page) {
        send([watcher], `panel:${row.id}`, frames.panel(view));
        await result([watcher], row, at);
        await linesBehind([watcher], row.id, watcher.cursors.get(row.id) ?? 0);
      }
      return ahead;
    },
  };
}

function remember(job: WatchedJob, row: ShownRow): void {
  job.version = row.version;
  job.ended = row.finished_at !== null;
}
