/**
 * Receives notifications of changed jobs, and sends their frames to the mailboxes of the streams that
 * watch them. Does not depend on HTTP: a mailbox writes to a function.
 */
import type { Backend, ChangedIds } from "../backend/backend.ts";
import type { JobReader } from "../engine/job-reader.ts";
import { isFinal } from "../engine/status.ts";
import type { Log } from "../log.ts";
import { createBroadcaster } from "./broadcaster.ts";
import { createChangedJobs, retryMs } from "./changed-jobs.ts";
import { createCreatedJobs } from "./created-jobs.ts";
import type { Frames } from "./frames.ts";
import { createListCounts } from "./list-counts.ts";
import { refreshMs } from "./next-frame.ts";
import { createStaleness } from "./staleness.ts";
import { createSubscriptions, type WatchedJob, type Watcher } from "./subscriptions.ts";
import { jobIdsOf, type Topic } from "./topics.ts";

export interface Hub {
  /** Sends the current state, then changes, until the returned function is called. */
  watch(watcher: Watcher): () => void;
  /** Number of frames put into mailboxes so far. */
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
  const staleness = createStaleness({ watchers, now, log });
  const { onSuccess, onFailure } = staleness;
  const broadcaster = createBroadcaster({ reader, frames, now });
  const changedJobs = createChangedJobs({
    ...{ reader, subscriptions, broadcaster, onSuccess, onFailure },
    onEnd({ pages, rows }: WatchedJob) {
      for (const watcher of [...pages, ...rows]) endIfOver(watcher);
    },
  });
  const createdJobs = createCreatedJobs({ reader, now, watchers });
  const listCounts = createListCounts({ reader, now, frames, watchers });
  const unsubscribe = backend.notifications.subscribe(onChange);
  const refreshTimer = setInterval(refresh, refreshMs / 4);
  refreshTimer.unref();

  function onChange(change: ChangedIds): void {
    const ids =
      change === "resync" ? subscriptions.jobIds() : change.filter((id) => subscriptions.job(id));
    for (const id of ids) changedJobs.add(id);
    changedJobs.schedule();
    listCounts.onChange(change);
    createdJobs.onChange(change).then((hasRead) => hasRead && onSuccess(), onFailure);
  }

  /** Elapsed times and countdowns change without a write, and notifications may get lost. */
  function refresh(): void {
    const at = now();
    for (const { id, version, ended, sent } of subscriptions.jobs()) {
      const isActive = !ended && !(sent.shape && isFinal(sent.shape.status));
      if (version >= 0 && isActive && at - sent.at >= refreshMs) changedJobs.add(id);
    }
    changedJobs.schedule();
  }

  /** Ends a stream when all its jobs have ended and it has been sent their last state. */
  function endIfOver(watcher: Watcher): void {
    const isOver = (topic: Topic) => {
      const job = topic.kind === "list" ? undefined : subscriptions.job(topic.id);
      return job?.ended === true && !job.joining.has(watcher);
    };
    // A page without permitted topics keeps its stream.
    if (watcher.topics.length > 0 && watcher.topics.every(isOver)) watcher.end();
  }

  /** Subscribe the watcher first, so that no change after the snapshot is missed. */
  async function sendSnapshot(watcher: Watcher, ids = jobIdsOf(watcher.topics)): Promise<void> {
    if (!watchers.has(watcher)) return;
    try {
      const outdated = ids.length > 0 ? await sendJobs(watcher, ids) : [];
      if (outdated.length > 0) return void sendSnapshot(watcher, outdated);
      await listCounts.sendSnapshot(watcher);
      await createdJobs.sendSnapshot(watcher);
      onSuccess();
      endIfOver(watcher);
      changedJobs.schedule();
    } catch (error) {
      onFailure(error);
      setTimeout(() => sendSnapshot(watcher, ids), retryMs);
    }
  }

  /** @returns the ids of jobs of which a newer row has been broadcast */
  async function sendJobs(watcher: Watcher, ids: readonly string[]): Promise<string[]> {
    const outdated: string[] = [];
    const rows = await reader.summaries(ids);
    const steps = await reader.stepsByJob(rows.map(({ id }) => id));
    for (const row of rows) {
      const job = subscriptions.job(row.id);
      if (!job || !watchers.has(watcher)) continue;
      const isSent = await broadcaster.sendSnapshot(watcher, job, row, steps.get(row.id) ?? []);
      if (!isSent) outdated.push(row.id);
      else if (row.version > job.version) changedJobs.add(row.id);
    }
    return outdated;
  }

  return {
    get frames() {
      return broadcaster.frameCount;
    },
    watch(watcher) {
      subscriptions.add(watcher);
      staleness.sendSnapshot(watcher);
      void sendSnapshot(watcher);
      return () => subscriptions.remove(watcher);
    },
    close() {
      unsubscribe();
      clearInterval(refreshTimer);
      changedJobs.close();
      listCounts.close();
    },
  };
}
