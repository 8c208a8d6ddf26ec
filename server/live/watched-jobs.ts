/** Who watches which job. */
import type { Topic } from "./topics.ts";
import { type WatchedJob, watchJob } from "./watched-job.ts";
import type { Watcher } from "./watcher.ts";

export interface WatchedJobs {
  get(id: string): WatchedJob | undefined;
  ids(): Iterable<string>;
  all(): Iterable<WatchedJob>;
  add(watcher: Watcher): void;
  remove(watcher: Watcher): void;
}

export function createWatchedJobs(): WatchedJobs {
  const jobs = new Map<string, WatchedJob>();

  /** The set that a topic puts its watchers into. */
  function circle(job: WatchedJob, topic: Topic): Set<Watcher> {
    return topic.kind === "job" ? job.pages : job.rows;
  }

  return {
    get: (id) => jobs.get(id),
    ids: () => jobs.keys(),
    all: () => jobs.values(),
    add(watcher) {
      for (const topic of watcher.topics) {
        if (topic.kind === "list") continue;
        const job = jobs.get(topic.id) ?? watchJob(topic.id);
        jobs.set(topic.id, job);
        circle(job, topic).add(watcher);
        job.arriving.add(watcher);
      }
    },
    remove(watcher) {
      for (const topic of watcher.topics) {
        const job = topic.kind === "list" ? undefined : jobs.get(topic.id);
        if (!job) continue;
        circle(job, topic).delete(watcher);
        job.arriving.delete(watcher);
        if (job.pages.size + job.rows.size === 0) jobs.delete(job.id);
      }
    },
  };
}
