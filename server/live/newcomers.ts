/** Tells lists of jobs that were started: their ids, so that a page can say "3 new jobs". */
import { LRUCache } from "lru-cache";
import type { Change } from "../backend/backend.ts";
import type { JobReader } from "../engine/job-reader.ts";
import { event } from "./sse-format.ts";
import type { ListTopic, Topic } from "./topics.ts";
import type { Watcher } from "./watcher.ts";

/** Job ids that were read before. An evicted id costs one more read. */
const maxKnown = 50_000;
/** An older job may be new to this process only. */
const newForMs = 15_000;

export interface Newcomers {
  /**
   * After a resync, whose ids are not told, all that is new is looked for.
   * @returns whether the database was asked
   */
  look(change: Change, watchers: Iterable<Watcher>): Promise<boolean>;
  /** What was started between the rendering of a page and its stream. */
  welcome(watcher: Watcher): Promise<void>;
}

export function createNewcomers(reader: JobReader, now: () => number): Newcomers {
  const known = new LRUCache<string, true>({ max: maxKnown });

  function remember(ids: readonly string[]): void {
    for (const id of ids) known.set(id, true);
  }

  return {
    async look(change, watchers) {
      const ids = change === "resync" ? undefined : change.filter((id) => !known.has(id));
      if (ids?.length === 0) return false;
      const lists = [...watchers].filter((each) => each.topics.some((t) => t.kind === "list"));
      const rows = lists.length > 0 ? await reader.findCreatedSince(now() - newForMs, ids) : [];
      if (ids) remember(ids);
      for (const row of rows) {
        if (!ids && known.has(row.id)) continue;
        remember([row.id]);
        const chunk = event("new", row.id);
        for (const watcher of lists) if (concerns(watcher, row)) watcher.mailbox.append(chunk);
      }
      return lists.length > 0;
    },

    async welcome({ topics, mailbox, accountId, userId }) {
      const ids = await listNewJobs(reader, { accountId, userId }, topics);
      for (const id of ids) mailbox.append(event("new", id));
    },
  };
}

/** Maximum number of new jobs that a page is told of. */
const maxNewJobs = 100;

/**
 * Lists the jobs that were created since a person's lists were rendered.
 * @returns ids, the latest first; a page may know some of them already
 */
export async function listNewJobs(
  reader: JobReader,
  { accountId, userId }: { accountId: string; userId: string },
  topics: readonly Topic[],
): Promise<string[]> {
  const lists = topics.filter(isDated);
  if (lists.length === 0) return [];
  const since = Math.min(...lists.map((list) => list.since));
  const own = lists.every(({ scope }) => scope === "mine");
  return reader.createdSince(own ? { accountId, userId } : { accountId }, since, maxNewJobs);
}

function isDated(topic: Topic): topic is ListTopic & { since: number } {
  return topic.kind === "list" && topic.since !== undefined;
}

function concerns(watcher: Watcher, row: { account_id: string; user_id: string }): boolean {
  return watcher.topics.some(
    (topic) =>
      topic.kind === "list" &&
      row.account_id === watcher.accountId &&
      (topic.scope === "account" || row.user_id === watcher.userId),
  );
}
