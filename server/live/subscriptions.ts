/** The watchers of each job, and the state that was last sent of it. */
import type { StepRow } from "../backend/schema.ts";
import type { Mailbox } from "./mailbox.ts";
import { nothingSent, type SentState } from "./next-frame.ts";
import type { JobTopic, Topic } from "./topics.ts";

/** One stream of pages. Its person was authorized for each topic. */
export interface Watcher {
  readonly topics: readonly Topic[];
  readonly userId: string;
  readonly accountId: string;
  /** The number of the last log line on the page, by job id. */
  readonly cursors: ReadonlyMap<string, number>;
  readonly mailbox: Mailbox;
  /** Ends the stream, because all its jobs have ended. */
  end(): void;
}

export interface WatchedJob {
  readonly id: string;
  /** The watchers of the job's page and those of its row in a list. */
  readonly pages: Set<Watcher>;
  readonly rows: Set<Watcher>;
  /** Watchers that have not been sent their whole snapshot yet. */
  readonly joining: Set<Watcher>;
  /** The last log line of watchers whose snapshot contained lines that were not broadcast yet. */
  readonly ahead: Map<Watcher, number>;
  /** Version of the last row, -1 before the first. The rows themselves would need too much memory. */
  version: number;
  /** Whether the last state of the job was sent to all watchers. */
  ended: boolean;
  steps: readonly StepRow[];
  /** The number of the last log line that was broadcast. */
  logSeq: number;
  /** The length of the text that was broadcast, and the run that wrote it: the next one may take it back. */
  outputLength: number;
  outputFence: number;
  sent: SentState;
}

export interface Subscriptions {
  readonly watchers: ReadonlySet<Watcher>;
  jobs(): Iterable<WatchedJob>;
  jobIds(): Iterable<string>;
  /** @returns undefined if nobody watches the job */
  job(id: string): WatchedJob | undefined;
  add(watcher: Watcher): void;
  remove(watcher: Watcher): void;
}

export function createSubscriptions(): Subscriptions {
  const watchers = new Set<Watcher>();
  const jobs = new Map<string, WatchedJob>();

  function watchersOf(job: WatchedJob, topic: JobTopic): Set<Watcher> {
    return topic.kind === "job" ? job.pages : job.rows;
  }

  return {
    watchers,
    jobs: () => jobs.values(),
    jobIds: () => jobs.keys(),
    job: (id) => jobs.get(id),
    add(watcher) {
      watchers.add(watcher);
      for (const topic of watcher.topics) {
        if (topic.kind === "list") continue;
        const job = jobs.get(topic.id) ?? createWatchedJob(topic.id);
        jobs.set(topic.id, job);
        watchersOf(job, topic).add(watcher);
        job.joining.add(watcher);
      }
    },
    remove(watcher) {
      if (!watchers.delete(watcher)) return;
      for (const topic of watcher.topics) {
        if (topic.kind === "list") continue;
        const job = jobs.get(topic.id);
        if (!job) continue;
        watchersOf(job, topic).delete(watcher);
        job.joining.delete(watcher);
        job.ahead.delete(watcher);
        if (job.pages.size + job.rows.size === 0) jobs.delete(job.id);
      }
    },
  };
}

function createWatchedJob(id: string): WatchedJob {
  return {
    id,
    pages: new Set(),
    rows: new Set(),
    joining: new Set(),
    ahead: new Map(),
    version: -1,
    ended: false,
    steps: [],
    logSeq: 0,
    outputLength: 0,
    outputFence: -1,
    sent: nothingSent(),
  };
}
