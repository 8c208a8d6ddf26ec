/**
 * Between signals and streams: coalesces ids, reads rows once, renders each needed frame once, and
 * puts it into the mailboxes of those who watch. Knows nothing of HTTP: a sink is a function.
 */
import type { Backend, Change } from "../backend/backend.ts";
import type { JobRow } from "../backend/schema.ts";
import type { JobView } from "../jobs/view-types.ts";
import type { Log } from "../log.ts";
import { event, frame } from "./event-stream.ts";
import type { Frames } from "./frames.ts";
import type { JobReader } from "./job-reader.ts";
import type { Mailbox } from "./mailbox.ts";
import { createNewcomers } from "./newcomers.ts";
import type { Topic } from "./topics.ts";
import { needOf, panelOf, shapeOf, tickMs, type WatchedJob, watchJob } from "./watched-job.ts";

/** Ids that come within this time are read together. */
const gatherMs = 50;
const afterFailureMs = 1_000;

/** One stream. Who it belongs to was checked before; `end` closes it when that ends. */
export interface Watcher {
  readonly topics: readonly Topic[];
  readonly userId: string;
  readonly accountId: string;
  readonly sessionId: string | null;
  /** The last log line that the page has, for each job. */
  readonly cursors: ReadonlyMap<string, number>;
  readonly mailbox: Mailbox;
  end(reason: string): void;
}

export interface Hub {
  /** Sends the current state, then changes, until the returned function is called. */
  watch(watcher: Watcher): () => void;
  /** Ends the streams of a session, or of a person. */
  endSession(sessionId: string): void;
  endAll(reason: string): void;
  readonly streams: number;
  close(): void;
}

export function createHub(options: {
  backend: Pick<Backend, "signals" | "now" | "db">;
  reader: JobReader;
  frames: Frames;
  log: Log;
}): Hub {
  const { backend, reader, frames, log } = options;
  const jobs = new Map<string, WatchedJob>();
  const watchers = new Set<Watcher>();
  const newcomers = createNewcomers(backend.db, backend.now);
  const dirty = new Set<string>();
  let gathering: NodeJS.Timeout | undefined;
  let reading = false;
  let stale = false;

  const unsubscribe = backend.signals.subscribe(onChange);
  const ticker = setInterval(tick, tickMs / 2);
  ticker.unref();

  function onChange(change: Change): void {
    const ids = change === "resync" ? [...jobs.keys()] : change.filter((id) => jobs.has(id));
    for (const id of ids) dirty.add(id);
    if (dirty.size > 0) gather();
    if (change !== "resync") void newcomers.look(change, watchers).catch(onFailure);
  }

  /** Also finds what a lost signal did not tell. */
  function tick(): void {
    const now = backend.now();
    for (const job of jobs.values()) {
      if (job.row && job.row.finished_at === null && now - job.shown.at >= tickMs) {
        dirty.add(job.id);
      }
    }
    if (dirty.size > 0) gather();
  }

  function gather(ms = gatherMs): void {
    if (reading || gathering) return;
    gathering = setTimeout(() => {
      gathering = undefined;
      void read();
    }, ms);
  }

  async function read(): Promise<void> {
    reading = true;
    const ids = [...dirty];
    dirty.clear();
    try {
      const rows = await reader.rows(ids);
      for (const row of rows) await show(row);
      setStale(false);
      reading = false;
      if (dirty.size > 0) gather();
    } catch (error) {
      onFailure(error);
      for (const id of ids) dirty.add(id);
      reading = false;
      gather(afterFailureMs);
    }
  }

  function onFailure(error: unknown): void {
    log.warn({ err: error }, "the database does not answer; pages keep what they show");
    setStale(true);
  }

  function setStale(now: boolean): void {
    if (stale === now) return;
    stale = now;
    const chunk = event(now ? "stale" : "fresh", String(backend.now()));
    for (const { mailbox } of watchers) mailbox.put("stale", chunk);
  }

  async function show(row: JobRow): Promise<void> {
    const job = jobs.get(row.id);
    if (!job || (job.row && row.version < job.row.version)) return;
    const now = backend.now();
    if (shapeOf(row) !== job.shown.shape) job.steps = await reader.steps(row.id);
    job.row = row;
    const view = frames.view(row, job.steps, now);
    const need = needOf(job, view, now);
    if (need === "later") dirty.add(row.id);
    if (need === "tick") send([...job.pages, ...job.rows], `tick:${row.id}`, frames.tick(view));
    if (need === "panel") {
      if (job.pages.size > 0) send(job.pages, `panel:${row.id}`, frames.panel(view));
      if (job.rows.size > 0) send(job.rows, `row:${row.id}`, frames.row(view));
      const result = job.pages.size > 0 ? await frames.result(row, now) : "";
      if (result) send(job.pages, `result:${row.id}`, result);
    }
    if (need === "panel") job.shown = shownAs(row, view, now);
    if (need === "tick") Object.assign(job.shown, { version: row.version, at: now });
    await showLines(job, row);
  }

  async function showLines(job: WatchedJob, row: JobRow): Promise<void> {
    if (row.log_seq <= job.logSeq) return;
    const lines = await reader.lines(row.id, job.logSeq);
    job.logSeq = row.log_seq;
    if (lines.length === 0 || job.pages.size === 0) return;
    const chunk = linesEvent(row.id, lines.at(-1)!.seq, frames.lines(row.id, lines));
    for (const { mailbox } of job.pages) mailbox.append(chunk);
  }

  function send(to: Iterable<Watcher>, target: string, html: string): void {
    const chunk = frame(html);
    for (const { mailbox } of to) mailbox.put(target, chunk);
  }

  /** The state as it is for one who just came; the row is read after the subscription stands. */
  async function welcome(watcher: Watcher): Promise<void> {
    const byId = new Map<string, ("job" | "row")[]>();
    for (const topic of watcher.topics) {
      if (topic.kind === "list") continue;
      byId.set(topic.id, [...(byId.get(topic.id) ?? []), topic.kind]);
    }
    if (byId.size === 0) return;
    for (const row of await reader.rows([...byId.keys()])) {
      const job = jobs.get(row.id);
      if (!job || !watchers.has(watcher)) continue;
      await welcomeTo(watcher, job, row, byId.get(row.id)!);
    }
  }

  async function welcomeTo(watcher: Watcher, job: WatchedJob, row: JobRow, kinds: string[]) {
    const now = backend.now();
    const steps = kinds.includes("job") ? await reader.steps(row.id) : [];
    const view = frames.view(row, steps, now);
    if (!job.row) {
      Object.assign(job, { row, steps, logSeq: row.log_seq, shown: shownAs(row, view, now) });
    } else if (row.version > job.row.version) {
      // The others have not seen this yet.
      dirty.add(row.id);
      gather();
    }
    if (kinds.includes("row")) send([watcher], `row:${row.id}`, frames.row(view));
    if (!kinds.includes("job")) return;
    send([watcher], `panel:${row.id}`, frames.panel(view));
    const result = await frames.result(row, now);
    if (result) send([watcher], `result:${row.id}`, result);
    const lines = await reader.lines(row.id, watcher.cursors.get(row.id) ?? 0);
    if (lines.length === 0) return;
    const html = frames.lines(row.id, lines);
    watcher.mailbox.append(linesEvent(row.id, lines.at(-1)!.seq, html));
  }

  function subscribe(watcher: Watcher, topic: Topic): void {
    if (topic.kind === "list") return;
    const job = jobs.get(topic.id) ?? watchJob(topic.id);
    jobs.set(topic.id, job);
    (topic.kind === "job" ? job.pages : job.rows).add(watcher);
  }

  function unsubscribeFrom(watcher: Watcher, topic: Topic): void {
    if (topic.kind === "list") return;
    const job = jobs.get(topic.id);
    if (!job) return;
    (topic.kind === "job" ? job.pages : job.rows).delete(watcher);
    if (job.pages.size + job.rows.size === 0) jobs.delete(topic.id);
  }

  return {
    get streams() {
      return watchers.size;
    },
    watch(watcher) {
      watchers.add(watcher);
      for (const topic of watcher.topics) subscribe(watcher, topic);
      if (stale) watcher.mailbox.put("stale", event("stale", String(backend.now())));
      welcome(watcher).catch((error) => {
        onFailure(error);
        for (const topic of watcher.topics) if (topic.kind !== "list") dirty.add(topic.id);
        gather(afterFailureMs);
      });
      return () => {
        if (!watchers.delete(watcher)) return;
        for (const topic of watcher.topics) unsubscribeFrom(watcher, topic);
      };
    },
    endSession(sessionId) {
      for (const watcher of [...watchers]) {
        if (watcher.sessionId === sessionId) watcher.end("signed-out");
      }
    },
    endAll(reason) {
      for (const watcher of [...watchers]) watcher.end(reason);
    },
    close() {
      unsubscribe();
      clearInterval(ticker);
      clearTimeout(gathering);
    },
  };
}

function shownAs(row: JobRow, view: JobView, now: number): WatchedJob["shown"] {
  const { version } = row;
  return { version, at: now, panelAt: now, shape: shapeOf(row), panel: panelOf(view) };
}

function linesEvent(id: string, seq: number, html: string): Uint8Array {
  return event("lines", `${id} ${seq} ${html}`);
}
