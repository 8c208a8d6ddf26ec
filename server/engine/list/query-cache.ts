/** Caches slow answers for a short time and shares them between all who ask the same. */
import { LRUCache } from "lru-cache";

export interface QueryCache<T> {
  /**
   * @param key what is asked; the same for all who may know the answer
   * @param mayBeOld whether it took so long that the next who asks gets it, too
   */
  get(key: string, ask: () => Promise<T>, mayBeOld: (answer: T) => boolean): Promise<T>;
}

const maxAnswers = 1_000;

/** @param ttlMs from when it was asked for */
export function createQueryCache<T>(now: () => number, ttlMs: number): QueryCache<T> {
  const answers = new LRUCache<string, Promise<T>>({
    max: maxAnswers,
    ttl: ttlMs,
    ttlResolution: 0,
    perf: { now },
  });

  return {
    async get(key, ask, mayBeOld) {
      const known = answers.get(key);
      if (known) return known;
      // The promise is cached at once, so that concurrent callers share one query.
      const mine = ask();
      answers.set(key, mine);
      const forget = () => {
        if (answers.peek(key) === mine) answers.delete(key);
      };
      try {
        const answer = await mine;
        if (!mayBeOld(answer)) forget();
        return answer;
      } catch (error) {
        forget();
        throw error;
      }
    },
  };
}
