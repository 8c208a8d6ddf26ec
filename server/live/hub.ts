/**
 * Between signals and streams: coalesces ids, reads rows once, renders each needed frame once, and
 * puts it into the mailboxes of those who watch. Knows nothing of HTTP: a sink is a function.
 */
import { setImmediate as othersTurn } from "node:timers/promises";
import type { Backend, Change } from "../backend/backend.ts";
import type { JobReader } from "../engine/job-reader.ts";
import type { Log } from "../log.ts";
import type { Frames } from "./frames.ts";
import { createListCounts } from "./list-counts.ts";
import { createNewcomers } from "./newcomers.ts";
import { createShow } from "./show.ts";
import { event } from "./sse-format.ts";
import type { Topic } from "./topics.ts";
import { tickMs, type WatchedJob } from "./watched-job.ts";
import { createWatchedJobs } from "./watched-jobs.ts";
import type { Watcher } from "./watcher.ts";

/** Ids that come together are read together; after a reading the next waits for more of them. */
const gatherMs = 5;
const betweenReadsMs = 50;
const afterFailureMs = 1_000;
/** Jobs shown in one turn: thousands take a tenth of a second, and pages wait that long. */
const atOnce = 250;

export interface Hub {
  /** Sends the current state, then changes, until the returned function is called. */
  watch(watcher: Watcher): () => void;
  /** Handed to streams so far. */
  readonly frames: number;
  close(): void;
}

export function createHub(options: {
  backend: Pick<Backend, "signals" | "now">;
  reader: JobReader;
  frames: Frames;
  log: Log;
}): Hub {
  const { backend, reader, frames, log } = options;
  const { now } = backend;
  const show = createShow({ reader, frames, now });
  const newcomers = createNewcomers(reader, now);
  const watchers = new Set<Watcher>();
  const counts = createListCounts({ reader, now, frames, watchers });
  const jobs = createWatchedJobs();
  const dirty = new Set<string>();
  let gathering: NodeJS.Timeout | undefined;
  let reading = false;
  let notBefore = 0;
  let stale = false;

  const unsubscribe = backend.signals.subscribe(onChange);
  const ticker = setInterval(tick, tickMs / 4);
  ticker.unref();

  function onChange(change: Change): void {
    const ids = change === "resync" ? jobs.ids() : change.filter((id) => jobs.get(id));
    for (const id of ids) dirty.add(id);
    gather();
    counts.look(change);
    newcomers.look(change, watchers).then((looked) => looked && setStale(false), onFailure);
  }

  /** What changes without a write is shown anew; it also finds what a lost signal did not tell. */
  function tick(): void {
    const at = now();
    for (const { id, version, ended, shown } of jobs.all()) {
      if (version >= 0 && !ended && at - shown.at >= tickMs) dirty.add(id);
    }
    gather();
  }

  function gather(): void {
    if (dirty.size === 0 || reading || gathering) return;
    gathering = setTimeout(
      async () => {
        gathering = undefined;
        reading = true;
        notBefore = (await read()) + performance.now();
        reading = false;
        gather();
      },
      Math.max(gatherMs, notBefore - performance.now()),
    );
  }

  /** @returns ms to wait before the next reading */
  async function read(): Promise<number> {
    const ids = [...dirty];
    dirty.clear();
    try {
      for (let from = 0; from < ids.length; from += atOnce) {
        if (from > 0) await othersTurn();
        await showAll(ids.slice(from, from + atOnce));
      }
      setStale(false);
      return betweenReadsMs;
    } catch (error) {
      onFailure(error);
      for (const id of ids) dirty.add(id);
      return afterFailureMs;
    } finally {
      show.deliver();
    }
  }

  async function showAll(ids: readonly string[]): Promise<void> {
    const ended: WatchedJob[] = [];
    for (const row of await reader.summaries(ids)) {
      const job = jobs.get(row.id);
      if (!job) continue;
      const later = show.change(job, row);
      // Most often nothing is to be waited for, and then thousands need no turn each.
      if (later === true || (later && (await later))) dirty.add(row.id);
      if (job.ended) ended.push(job);
    }
    show.deliver();
    for (const { pages, rows } of ended) for (const each of [...pages, ...rows]) endIfOver(each);
  }

  /** A stream whose jobs have all ended, and which was told so, has nothing more to tell. */
  function endIfOver(watcher: Watcher): void {
    const isOver = (topic: Topic) => {
      const job = topic.kind === "list" ? undefined : jobs.get(topic.id);
      return job?.ended === true && !job.arriving.has(watcher);
    };
    // A page may watch nothing that it is allowed to see; its stream stays open.
    if (watcher.topics.length > 0 && watcher.topics.every(isOver)) watcher.end();
  }

  /** Subscribed first and read second, so that nothing falls in between. */
  async function welcome(watcher: Watcher, ids = jobIds(watcher.topics)): Promise<void> {
    if (!watchers.has(watcher)) return;
    try {
      const outdated = ids.length > 0 ? await tellState(watcher, ids) : [];
      if (outdated.length > 0) return void welcome(watcher, outdated);
      await counts.welcome(watcher);
      await newcomers.welcome(watcher);
      setStale(false);
      endIfOver(watcher);
      gather();
    } catch (error) {
      onFailure(error);
      setTimeout(() => welcome(watcher, ids), afterFailureMs);
    }
  }

  /** @returns the ids of those that others have been shown a newer row of */
  async function tellState(watcher: Watcher, ids: readonly string[]): Promise<string[]> {
    const outdated: string[] = [];
    const rows = await reader.summaries(ids);
    const steps = await reader.stepsByJob(rows.map(({ id }) => id));
    for (const row of rows) {
      const job = jobs.get(row.id);
      if (!job || !watchers.has(watcher)) continue;
      const isTold = await show.welcome(watcher, job, row, steps.get(row.id) ?? []);
      if (!isTold) outdated.push(row.id);
      else if (row.version > job.version) dirty.add(row.id);
    }
    return outdated;
  }

  function onFailure(error: unknown): void {
    if (!stale) log.warn({ err: error }, "changes cannot be read; pages keep what they show");
    setStale(true);
  }

  function setStale(value: boolean): void {
    if (stale === value) return;
    stale = value;
    for (const watcher of watchers) tellStale(watcher);
  }

  function tellStale({ mailbox }: Watcher): void {
    mailbox.put("stale", event(stale ? "stale" : "fresh", String(now())));
  }

  return {
    get frames() {
      return show.frameCount;
    },
    watch(watcher) {
      watchers.add(watcher);
      jobs.add(watcher);
      if (stale) tellStale(watcher);
      void welcome(watcher);
      return () => {
        if (watchers.delete(watcher)) jobs.remove(watcher);
      };
    },
    close() {
      unsubscribe();
      clearInterval(ticker);
      clearTimeout(gathering);
      counts.close();
    },
  };
}

function jobIds(topics: readonly Topic[]): string[] {
  return topics.flatMap((topic) => (topic.kind === "list" ? [] : [topic.id]));
}
