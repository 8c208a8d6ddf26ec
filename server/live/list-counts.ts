/** Tells lists of jobs how many there are of each status, when that has changed. */
import { setImmediate as othersTurn } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { Change } from "../backend/backend.ts";
import type { JobReader } from "../engine/job-reader.ts";
import type { Frames } from "./frames.ts";
import { frame } from "./sse-format.ts";
import type { Topic } from "./topics.ts";
import type { Watcher } from "./watcher.ts";

/** Counting waits for what comes together, and then for the next time. */
const gatherMs = 200;
const betweenMs = 2_000;
const afterFailureMs = 5_000;
/** Ids asked for in one statement, and lists counted in one turn. */
const idsAtOnce = 1_000;
const listsInTurn = 20;
/** Jobs whose status is remembered. An evicted job costs one more count. */
const maxKnown = 50_000;

export interface ListCounts {
  look(change: Change): void;
  /** The counts as they are, to one who just came. */
  welcome(watcher: Watcher): Promise<void>;
  close(): void;
}

/** @param watchers all there are, as they come and go */
export function createListCounts(options: {
  reader: JobReader;
  now: () => number;
  frames: Pick<Frames, "counts">;
  watchers: ReadonlySet<Watcher>;
}): ListCounts {
  const { reader, now, frames, watchers } = options;
  const changed = new Set<string>();
  /** Job id to what of it is counted. */
  const known = new LRUCache<string, string>({ max: maxKnown });
  /** What lists were last told, by their names. */
  const told = new Map<string, string>();
  let all = false;
  let timer: NodeJS.Timeout | undefined;
  let notBefore = 0;

  function gather(): void {
    if (timer || (changed.size === 0 && !all)) return;
    const wait = Math.max(gatherMs, notBefore - performance.now());
    timer = setTimeout(async () => {
      const pause = await tell().then(
        () => betweenMs,
        () => afterFailureMs,
      );
      timer = undefined;
      notBefore = performance.now() + pause;
      gather();
    }, wait);
    timer.unref();
  }

  async function tell(): Promise<void> {
    const ids = [...changed];
    const everything = all;
    changed.clear();
    all = false;
    const lists = watched();
    for (const name of told.keys()) if (!lists.has(name)) told.delete(name);
    if (lists.size === 0) return;
    try {
      const concerned = everything ? lists.keys() : await concernedBy(ids);
      let counted = 0;
      for (const name of concerned) {
        const list = lists.get(name);
        if (!list) continue;
        if (++counted % listsInTurn === 0) await othersTurn();
        await count(name, list);
      }
    } catch (error) {
      // The hub tells that the database is away; nothing is lost meanwhile.
      all = true;
      throw error;
    }
  }

  /** The lists that somebody watches, by their names. */
  function watched(): Map<string, { scope: Scope; of: Watcher[] }> {
    const lists = new Map<string, { scope: Scope; of: Watcher[] }>();
    for (const watcher of watchers) {
      for (const scope of scopesOf(watcher.topics)) {
        const name = nameOf(scope, watcher.accountId, watcher.userId);
        const list = lists.get(name);
        if (list) list.of.push(watcher);
        else lists.set(name, { scope, of: [watcher] });
      }
    }
    return lists;
  }

  /** The names of the lists whose jobs changed their status, or are new, or were cleared. */
  async function concernedBy(ids: readonly string[]): Promise<Set<string>> {
    const names = new Set<string>();
    for (let from = 0; from < ids.length; from += idsAtOnce) {
      const rows = await reader.listStates(ids.slice(from, from + idsAtOnce));
      for (const { id, account_id, user_id, status, hidden_at } of rows) {
        const counted = hidden_at === null ? status : "hidden";
        if (known.get(id) === counted) continue;
        known.set(id, counted);
        names.add(nameOf("account", account_id, user_id)).add(nameOf("mine", account_id, user_id));
      }
    }
    return names;
  }

  async function count(name: string, { scope, of }: { scope: Scope; of: Watcher[] }) {
    const { accountId, userId } = of[0]!;
    const counts = await reader.countByStatus(ownerOf(scope, accountId, userId));
    const text = Object.values(counts).join();
    if (told.get(name) === text) return;
    told.set(name, text);
    const chunk = frame(frames.counts(scope, counts, now()));
    for (const { mailbox } of of) mailbox.put(`counts:${scope}`, chunk);
  }

  return {
    look(change) {
      if (change === "resync") all = true;
      else for (const id of change) changed.add(id);
      gather();
    },
    async welcome({ topics, accountId, userId, mailbox }) {
      for (const scope of scopesOf(topics)) {
        const counts = await reader.countByStatus(ownerOf(scope, accountId, userId));
        mailbox.put(`counts:${scope}`, frame(frames.counts(scope, counts, now())));
      }
    },
    close: () => clearTimeout(timer),
  };
}

type Scope = "mine" | "account";

export function scopesOf(topics: readonly Topic[]): Set<Scope> {
  return new Set(topics.flatMap((topic) => (topic.kind === "list" ? topic.scope : [])));
}

export function ownerOf(scope: Scope, accountId: string, userId: string) {
  return scope === "mine" ? { accountId, userId } : { accountId };
}

function nameOf(scope: Scope, accountId: string, userId: string): string {
  return scope === "mine" ? `${accountId} ${userId}` : accountId;
}
