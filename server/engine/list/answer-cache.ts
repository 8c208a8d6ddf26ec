/** Caches slow answers for a short time and shares them between all who ask the same. */
import { LRUCache } from "lru-cache";

export interface AnswerCache<T> {
  /**
   * @param key what is asked; the same for all who may know the answer
   * @param mayBeOld whether it took so long that the next who asks gets it, too
   */
  of(key: string, ask: () => Promise<T>, mayBeOld: (answer: T) => boolean): Promise<T>;
}

const maxAnswers = 1_000;

/** @param keptMs from when it was asked for */
export function createAnswerCache<T>(now: () => number, keptMs: number): AnswerCache<T> {
  const answers = new LRUCache<string, Promise<T>>({
    max: maxAnswers,
    ttl: keptMs,
    ttlResolution: 0,
    perf: { now },
  });

  return {
    async of(key, ask, mayBeOld) {
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
