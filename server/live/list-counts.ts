/** Sends lists of jobs the number of jobs in each status whenever it has changed. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { ChangedIds } from "../backend/backend.ts";
import type { JobReader } from "../engine/job-reader.ts";
import type { Frames } from "./frames.ts";
import { frame } from "./sse-format.ts";
import type { Watcher } from "./subscriptions.ts";
import { type ListScope, listOwner, scopesOf } from "./topics.ts";

/** Changes are collected for `batchMs`. Two counts are at least `intervalMs` apart. */
const batchMs = 200;
const intervalMs = 2_000;
const retryMs = 5_000;
const maxIdsPerRead = 1_000;
/** Lists that are counted in one turn of the event loop. */
const maxListsPerTurn = 20;
/** Number of jobs whose status is remembered. An evicted job costs one more count. */
const maxKnown = 50_000;

export interface ListCounts {
  /** Schedules a count of the lists that contain the changed jobs. */
  onChange(change: ChangedIds): void;
  /** Sends one watcher the counts of its lists. */
  sendSnapshot(watcher: Watcher): Promise<void>;
  close(): void;
}

interface WatchedList {
  scope: ListScope;
  watchers: Watcher[];
}

/** @param watchers the current watchers of this process */
export function createListCounts(options: {
  reader: JobReader;
  now: () => number;
  frames: Pick<Frames, "counts">;
  watchers: ReadonlySet<Watcher>;
}): ListCounts {
  const { reader, now, frames, watchers } = options;
  const changedIds = new Set<string>();
  /** The status under which each job is counted, by job id. */
  const knownStatus = new LRUCache<string, string>({ max: maxKnown });
  /** The last sent counts by the name of the list. */
  const sentCounts = new Map<string, string>();
  let countAll = false;
  let timer: NodeJS.Timeout | undefined;
  let nextAt = 0;

  function schedule(): void {
    if (timer || (changedIds.size === 0 && !countAll)) return;
    const wait = Math.max(batchMs, nextAt - performance.now());
    timer = setTimeout(async () => {
      const pauseMs = await sendChanged().then(
        () => intervalMs,
        () => retryMs,
      );
      timer = undefined;
      nextAt = performance.now() + pauseMs;
      schedule();
    }, wait);
    timer.unref();
  }

  async function sendChanged(): Promise<void> {
    const ids = [...changedIds];
    const all = countAll;
    changedIds.clear();
    countAll = false;
    const lists = watchedLists();
    for (const name of sentCounts.keys()) if (!lists.has(name)) sentCounts.delete(name);
    if (lists.size === 0) return;
    try {
      const names = all ? lists.keys() : await listsOf(ids);
      let counted = 0;
      for (const name of names) {
        const list = lists.get(name);
        if (!list) continue;
        if (++counted % maxListsPerTurn === 0) await nextTurn();
        await sendCounts(name, list);
      }
    } catch (error) {
      // The database is unavailable, which the hub announces. The next count includes every list.
      countAll = true;
      throw error;
    }
  }

  /** @returns the lists of all watchers, by name */
  function watchedLists(): Map<string, WatchedList> {
    const lists = new Map<string, WatchedList>();
    for (const watcher of watchers) {
      for (const scope of scopesOf(watcher.topics)) {
        const name = nameOf(scope, watcher.accountId, watcher.userId);
        const list = lists.get(name);
        if (list) list.watchers.push(watcher);
        else lists.set(name, { scope, watchers: [watcher] });
      }
    }
    return lists;
  }

  /** @returns the names of the lists that contain a job whose counted status has changed */
  async function listsOf(ids: readonly string[]): Promise<Set<string>> {
    const names = new Set<string>();
    for (let from = 0; from < ids.length; from += maxIdsPerRead) {
      const rows = await reader.listStates(ids.slice(from, from + maxIdsPerRead));
      for (const { id, account_id, user_id, status, hidden_at } of rows) {
        const counted = hidden_at === null ? status : "hidden";
        if (knownStatus.get(id) === counted) continue;
        knownStatus.set(id, counted);
        names.add(nameOf("account", account_id, user_id)).add(nameOf("mine", account_id, user_id));
      }
    }
    return names;
  }

  async function sendCounts(name: string, list: WatchedList): Promise<void> {
    const { scope } = list;
    const { accountId, userId } = list.watchers[0]!;
    const counts = await reader.countByStatus(listOwner(scope, accountId, userId));
    const text = Object.values(counts).join();
    if (sentCounts.get(name) === text) return;
    sentCounts.set(name, text);
    const chunk = frame(frames.counts(scope, counts, now()));
    for (const { mailbox } of list.watchers) mailbox.put(`counts:${scope}`, chunk);
  }

  return {
    onChange(change) {
      if (change === "resync") countAll = true;
      else for (const id of change) changedIds.add(id);
      schedule();
    },
    async sendSnapshot({ topics, accountId, userId, mailbox }) {
      for (const scope of scopesOf(topics)) {
        const counts = await reader.countByStatus(listOwner(scope, accountId, userId));
        mailbox.put(`counts:${scope}`, frame(frames.counts(scope, counts, now())));
      }
    },
    close: () => clearTimeout(timer),
  };
}

/** @returns the same name for all watchers of the same list */
function nameOf(scope: ListScope, accountId: string, userId: string): string {
  return scope === "mine" ? `${accountId} ${userId}` : accountId;
}
