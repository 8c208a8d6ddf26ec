/** Caches the results of slow queries for a short time. Concurrent callers share one query. */
import { LRUCache } from "lru-cache";

export interface QueryCache<T> {
  /**
   * @param key identifies the query; equal only for callers that may see the same result
   * @param isCacheable whether later callers may get the result, too
   */
  get(key: string, query: () => Promise<T>, isCacheable: (result: T) => boolean): Promise<T>;
}

const maxEntries = 1_000;

/** @param ttlMs time from the start of a query for which its result is valid */
export function createQueryCache<T>(now: () => number, ttlMs: number): QueryCache<T> {
  const cache = new LRUCache<string, Promise<T>>({
    max: maxEntries,
    ttl: ttlMs,
    ttlResolution: 0,
    perf: { now },
  });

  return {
    async get(key, query, isCacheable) {
      const cached = cache.get(key);
      if (cached) return cached;
      const pending = query();
      cache.set(key, pending);
      const remove = () => {
        if (cache.peek(key) === pending) cache.delete(key);
      };
      try {
        const result = await pending;
        if (!isCacheable(result)) remove();
        return result;
      } catch (error) {
        remove();
        throw error;
      }
    },
  };
}
