/**
 * Caches the owner of a session cookie: a lookup costs three statements, and a page with its
 * partials asks many times. An ended session is evicted as soon as this process hears of it, and
 * after `lifetimeMs` at the latest.
 */
import { LRUCache } from "lru-cache";

const lifetimeMs = 5_000;
const maxSessions = 10_000;

export interface SessionCache<Found extends { sessionId: string; userId: string }> {
  /** @returns what `load` returns, or returned less than 5 s ago */
  get(key: string, load: () => Promise<Found | null>): Promise<Found | null>;
  /** Evicts one session by its id, or all sessions of a user by the user's id. */
  evict(id: string): void;
}

export function createSessionCache<Found extends { sessionId: string; userId: string }>(
  now: () => number = Date.now,
): SessionCache<Found> {
  const entries = new LRUCache<string, Found>({
    max: maxSessions,
    ttl: lifetimeMs,
    ttlResolution: 0,
    perf: { now },
  });
  let evictions = 0;

  return {
    async get(key, load) {
      const cached = entries.get(key);
      if (cached) return cached;
      const before = evictions;
      const found = await load();
      // If a session ended during the lookup, its row may have been read just before that.
      if (found && before === evictions) entries.set(key, found);
      return found;
    },
    evict(id) {
      evictions += 1;
      for (const [key, found] of entries.entries()) {
        if (found.sessionId === id || found.userId === id) entries.delete(key);
      }
    },
  };
}
