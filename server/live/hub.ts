/**
 * Takes signals of changed jobs, reads each job once however many watch it, and has its frames put
 * into the mailboxes of the watchers. Knows nothing of HTTP: a mailbox writes to a function.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Backend, ChangedIds } from "../backend/backend.ts";
import type { JobReader } from "../engine/job-reader.ts";
import type { Log } from "../log.ts";
import { createBroadcaster } from "./broadcaster.ts";
import { createCreatedJobs } from "./created-jobs.ts";
import type { Frames } from "./frames.ts";
import { createListCounts } from "./list-counts.ts";
import { refreshMs } from "./next-frame.ts";
import { event } from "./sse-format.ts";
import { createSubscriptions, type WatchedJob, type Watcher } from "./subscriptions.ts";
import { jobIdsOf, type Topic } from "./topics.ts";

/** A read waits for the ids that come together, then for the interval since the last read. */
const batchMs = 5;
const intervalMs = 50;
const retryMs = 1_000;
/** Jobs broadcast before other work gets its turn: thousands would take a tenth of a second. */
const jobsInTurn = 250;

export interface Hub {
  /** Sends the current state, then changes, until the returned function is called. */
  watch(watcher: Watcher): () => void;
  /** Frames put into mailboxes so far. */
  readonly frames: number;
  close(): void;
}

export function createHub(options: {
  backend: Pick<Backend, "notifications" | "now">;
  reader: JobReader;
  frames: Frames;
  log: Log;
}): Hub {
  const { backend, reader, frames, log } = options;
  const { now } = backend;
  const subscriptions = createSubscriptions();
  const { watchers } = subscriptions;
  const broadcaster = createBroadcaster({ reader, frames, now });
  const createdJobs = createCreatedJobs({ reader, now, watchers });
  const listCounts = createListCounts({ reader, now, frames, watchers });
  const dirtyIds = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let reading = false;
  let nextReadAt = 0;
  let stale = false;

  const unsubscribe = backend.notifications.subscribe(onChange);
  const refresher = setInterval(refresh, refreshMs / 4);
  refresher.unref();

  function onChange(change: ChangedIds): void {
    const ids =
      change === "resync" ? subscriptions.jobIds() : change.filter((id) => subscriptions.job(id));
    for (const id of ids) dirtyIds.add(id);
    scheduleRead();
    listCounts.onChange(change);
    createdJobs.onChange(change).then((hasRead) => hasRead && setStale(false), onFailure);
  }

  /** Elapsed times and countdowns change without a write; a signal may also have been lost. */
  function refresh(): void {
    const at = now();
    for (const { id, version, ended, sent } of subscriptions.jobs()) {
      if (version >= 0 && !ended && at - sent.at >= refreshMs) dirtyIds.add(id);
    }
    scheduleRead();
  }

  function scheduleRead(): void {
    if (dirtyIds.size === 0 || reading || timer) return;
    timer = setTimeout(
      async () => {
        timer = undefined;
        reading = true;
        nextReadAt = (await readDirty()) + performance.now();
        reading = false;
        scheduleRead();
      },
      Math.max(batchMs, nextReadAt - performance.now()),
    );
  }

  /** @returns ms to wait before the next read */
  async function readDirty(): Promise<number> {
    const ids = [...dirtyIds];
    dirtyIds.clear();
    try {
      for (let from = 0; from < ids.length; from += jobsInTurn) {
        if (from > 0) await nextTurn();
        await broadcastAll(ids.slice(from, from + jobsInTurn));
      }
      setStale(false);
      return intervalMs;
    } catch (error) {
      onFailure(error);
      for (const id of ids) dirtyIds.add(id);
      return retryMs;
    } finally {
      broadcaster.flush();
    }
  }

  async function broadcastAll(ids: readonly string[]): Promise<void> {
    const ended: WatchedJob[] = [];
    for (const row of await reader.summaries(ids)) {
      const job = subscriptions.job(row.id);
      if (!job) continue;
      const isDueLater = broadcaster.broadcast(job, row);
      // Awaiting a plain boolean would cost each of thousands of jobs a turn of the event loop.
      if (isDueLater === true || (isDueLater && (await isDueLater))) dirtyIds.add(row.id);
      if (job.ended) ended.push(job);
    }
    broadcaster.flush();
    for (const { pages, rows } of ended) for (const each of [...pages, ...rows]) endIfOver(each);
  }

  /** Ends a stream when all its jobs are final and it has been sent their last state. */
  function endIfOver(watcher: Watcher): void {
    const isOver = (topic: Topic) => {
      const job = topic.kind === "list" ? undefined : subscriptions.job(topic.id);
      return job?.ended === true && !job.joining.has(watcher);
    };
    // A page may watch nothing that it is allowed to see; its stream stays open.
    if (watcher.topics.length > 0 && watcher.topics.every(isOver)) watcher.end();
  }

  /** The watcher is subscribed before, so that no change falls between the snapshot and the rest. */
  async function sendSnapshot(watcher: Watcher, ids = jobIdsOf(watcher.topics)): Promise<void> {
    if (!watchers.has(watcher)) return;
    try {
      const outdated = ids.length > 0 ? await sendJobs(watcher, ids) : [];
      if (outdated.length > 0) return void sendSnapshot(watcher, outdated);
      await listCounts.sendSnapshot(watcher);
      await createdJobs.sendSnapshot(watcher);
      setStale(false);
      endIfOver(watcher);
      scheduleRead();
    } catch (error) {
      onFailure(error);
      setTimeout(() => sendSnapshot(watcher, ids), retryMs);
    }
  }

  /** @returns the ids of jobs of which a newer row was broadcast meanwhile */
  async function sendJobs(watcher: Watcher, ids: readonly string[]): Promise<string[]> {
    const outdated: string[] = [];
    const rows = await reader.summaries(ids);
    const steps = await reader.stepsByJob(rows.map(({ id }) => id));
    for (const row of rows) {
      const job = subscriptions.job(row.id);
      if (!job || !watchers.has(watcher)) continue;
      const isSent = await broadcaster.sendSnapshot(watcher, job, row, steps.get(row.id) ?? []);
      if (!isSent) outdated.push(row.id);
      else if (row.version > job.version) dirtyIds.add(row.id);
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
    for (const watcher of watchers) sendStale(watcher);
  }

  /** Pages mark what they show as out of date, or no longer. */
  function sendStale({ mailbox }: Watcher): void {
    mailbox.put("stale", event(stale ? "stale" : "fresh", String(now())));
  }

  return {
    get frames() {
      return broadcaster.frameCount;
    },
    watch(watcher) {
      subscriptions.add(watcher);
      if (stale) sendStale(watcher);
      void sendSnapshot(watcher);
      return () => subscriptions.remove(watcher);
    },
    close() {
      unsubscribe();
      clearInterval(refresher);
      clearTimeout(timer);
      listCounts.close();
    },
  };
}
