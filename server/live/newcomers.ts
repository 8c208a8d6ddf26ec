/** Tells lists of jobs that were started: their ids, so that a page can say "3 new jobs". */
import type { Kysely } from "kysely";
import type { Schema } from "../backend/schema.ts";
import { event } from "./event-stream.ts";
import type { Watcher } from "./watcher.ts";

/** Ids that were looked at; one that is forgotten costs a read more. */
const mostKnown = 50_000;
const newForMs = 15_000;

export interface Newcomers {
  look(ids: readonly string[], watchers: Iterable<Watcher>): Promise<void>;
}

export function createNewcomers(db: Kysely<Schema>, now: () => number): Newcomers {
  const known = new Set<string>();

  function remember(ids: readonly string[]): void {
    for (const id of ids) known.add(id);
    for (const id of known) {
      if (known.size <= mostKnown) break;
      known.delete(id);
    }
  }

  return {
    async look(ids, watchers) {
      const unknown = ids.filter((id) => !known.has(id));
      if (unknown.length === 0) return;
      remember(unknown);
      const lists = [...watchers].filter((each) => each.topics.some((t) => t.kind === "list"));
      if (lists.length === 0) return;
      const rows = await db
        .selectFrom("jobs")
        .select(["id", "account_id", "user_id"])
        .where("id", "in", unknown)
        // An older one may be new to this process only.
        .where("created_at", ">", now() - newForMs)
        .execute();
      for (const row of rows) {
        const chunk = event("new", row.id);
        for (const watcher of lists) if (concerns(watcher, row)) watcher.mailbox.append(chunk);
      }
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
