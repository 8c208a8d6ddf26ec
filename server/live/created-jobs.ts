/** Announces created jobs to lists by their ids, so that a page can say "3 new jobs". */
import { LRUCache } from "lru-cache";
import type { ChangedIds } from "../backend/backend.ts";
import type { JobReader } from "../engine/job-reader.ts";
import { event } from "./sse-format.ts";
import type { Watcher } from "./subscriptions.ts";
import type { ListTopic, Topic } from "./topics.ts";

/** Number of remembered job ids. An evicted id costs one more read. */
const maxKnown = 50_000;
/** Older jobs are not announced. */
const maxAgeMs = 15_000;
/** Limits the number that a page shows. */
const maxListed = 100;

export interface CreatedJobs {
  /**
   * Announces the new jobs among the changed ones, and all new jobs after a resync.
   * @returns whether the database was read
   */
  onChange(change: ChangedIds): Promise<boolean>;
  /** Announces the jobs that were created after the page was rendered. */
  sendSnapshot(watcher: Watcher): Promise<void>;
}

/** @param watchers the current watchers of this process */
export function createCreatedJobs(options: {
  reader: JobReader;
  now: () => number;
  watchers: ReadonlySet<Watcher>;
}): CreatedJobs {
  const { reader, now, watchers } = options;
  const known = new LRUCache<string, true>({ max: maxKnown });

  return {
    async onChange(change) {
      const ids = change === "resync" ? undefined : change.filter((id) => !known.has(id));
      if (ids?.length === 0) return false;
      const lists = [...watchers].filter((each) => each.topics.some((t) => t.kind === "list"));
      const rows = lists.length > 0 ? await reader.findCreatedSince(now() - maxAgeMs, ids) : [];
      for (const id of ids ?? []) known.set(id, true);
      for (const row of rows) {
        if (!ids && known.has(row.id)) continue;
        known.set(row.id, true);
        const chunk = event("new", row.id);
        for (const watcher of lists) if (hasInList(watcher, row)) watcher.mailbox.append(chunk);
      }
      return lists.length > 0;
    },

    async sendSnapshot(watcher) {
      const ids = await listCreatedJobs(reader, watcher, watcher.topics);
      for (const id of ids) watcher.mailbox.append(event("new", id));
    },
  };
}

/**
 * Lists the jobs that were created since a person's lists were rendered.
 * @returns ids, the latest first; the page may have some of them
 */
export async function listCreatedJobs(
  reader: JobReader,
  { accountId, userId }: { accountId: string; userId: string },
  topics: readonly Topic[],
): Promise<string[]> {
  const lists = topics.filter(isDated);
  if (lists.length === 0) return [];
  const since = Math.min(...lists.map((list) => list.since));
  const areMine = lists.every(({ scope }) => scope === "mine");
  return reader.createdSince(areMine ? { accountId, userId } : { accountId }, since, maxListed);
}

function isDated(topic: Topic): topic is ListTopic & { since: number } {
  return topic.kind === "list" && topic.since !== undefined;
}

/** Whether one of the watcher's lists contains the job. */
function hasInList(watcher: Watcher, row: { account_id: string; user_id: string }): boolean {
  return watcher.topics.some(
    (topic) =>
      topic.kind === "list" &&
      row.account_id === watcher.accountId &&
      (topic.scope === "account" || row.user_id === watcher.userId),
  );
}
