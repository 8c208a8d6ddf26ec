/**
 * Remembers for a moment who a session cookie belongs to: a look-up costs three statements, and a
 * page with its partials asks many times. What ended is forgotten as soon as this process hears of it,
 * and after `lifetime` at the latest.
 */
const lifetime = 5_000;
const mostEntries = 10_000;

export interface SessionCache<Found extends { sessionId: string; userId: string }> {
  /** @returns what `look` found, or what it found less than 5 s ago */
  get(key: string, look: () => Promise<Found | null>): Promise<Found | null>;
  /** Forgets a session, or all sessions of a user. */
  forget(id: string): void;
}

export function createSessionCache<Found extends { sessionId: string; userId: string }>(
  now: () => number = Date.now,
): SessionCache<Found> {
  const entries = new Map<string, { found: Found; until: number }>();
  let forgotten = 0;

  return {
    async get(key, look) {
      const known = entries.get(key);
      if (known && known.until > now()) return known.found;
      entries.delete(key);
      const before = forgotten;
      const found = await look();
      // A look-up that was under way while a session ended may have read the row before that.
      if (found && before === forgotten) {
        if (entries.size >= mostEntries) entries.delete(entries.keys().next().value as string);
        entries.set(key, { found, until: now() + lifetime });
      }
      return found;
    },
    forget(id) {
      forgotten += 1;
      for (const [key, { found }] of entries) {
        if (found.sessionId === id || found.userId === id) entries.delete(key);
      }
    },
  };
}
