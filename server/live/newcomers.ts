/** Tells lists of jobs that were started: their ids, so that a page can say "3 new jobs". */
import type { Kysely } from "kysely";
import { LRUCache } from "lru-cache";
import type { Change } from "../backend/backend.ts";
import type { Schema } from "../backend/schema.ts";
import { event } from "./event-stream.ts";
import { newJobs } from "./new-jobs.ts";
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

export function createNewcomers(db: Kysely<Schema>, now: () => number): Newcomers {
  const known = new LRUCache<string, true>({ max: maxKnown });

  function remember(ids: readonly string[]): void {
    for (const id of ids) known.set(id, true);
  }

  function justStarted(ids: readonly string[] | undefined) {
    let jobs = db
      .selectFrom("jobs")
      .select(["id", "account_id", "user_id"])
      .where("created_at", ">", now() - newForMs);
    // Ids lead to their rows; without any, active jobs are few among all that there are.
    if (ids) jobs = jobs.where("id", "in", ids);
    else jobs = jobs.where("finished_at", "is", null);
    return jobs.execute();
  }

  return {
    async look(change, watchers) {
      const ids = change === "resync" ? undefined : change.filter((id) => !known.has(id));
      if (ids?.length === 0) return false;
      const lists = [...watchers].filter((each) => each.topics.some((t) => t.kind === "list"));
      const rows = lists.length > 0 ? await justStarted(ids) : [];
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
      const ids = await newJobs(db, { accountId, userId }, topics);
      for (const id of ids) mailbox.append(event("new", id));
    },
  };
}

function concerns(watcher: Watcher, row: { account_id: string; user_id: string }): boolean {
  return watcher.topics.some(
    (topic) =>
      topic.kind === "list" &&
      row.account_id === watcher.accountId &&
      (topic.scope === "account" || row.user_id === watcher.userId),
  );
}
