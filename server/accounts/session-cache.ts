/**
 * Caches the owner of a session cookie: a look-up costs three statements, and a page with its
 * partials asks many times. An ended session is evicted as soon as this process hears of it, and
 * after `lifetimeMs` at the latest.
 */
import { LRUCache } from "lru-cache";

const lifetimeMs = 5_000;
const maxSessions = 10_000;

export interface SessionCache<Found extends { sessionId: string; userId: string }> {
  /** @returns what `look` found, or what it found less than 5 s ago */
  get(key: string, look: () => Promise<Found | null>): Promise<Found | null>;
  /** Forgets a session, or all sessions of a user. */
  forget(id: string): void;
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
  let forgotten = 0;

  return {
    async get(key, look) {
      const known = entries.get(key);
      if (known) return known;
      const before = forgotten;
      const found = await look();
      // A look-up that was under way while a session ended may have read the row before that.
      if (found && before === forgotten) entries.set(key, found);
      return found;
    },
    forget(id) {
      forgotten += 1;
      for (const [key, found] of entries.entries()) {
        if (found.sessionId === id || found.userId === id) entries.delete(key);
      }
    },
  };
}
