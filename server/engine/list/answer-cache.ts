/** Answers that take long to find are kept for a moment, for all who ask the same. */

export interface AnswerCache<T> {
  /**
   * @param key what is asked; the same for all who may know the answer
   * @param mayBeOld whether it took so long that the next who asks gets it, too
   */
  of(key: string, ask: () => Promise<T>, mayBeOld: (answer: T) => boolean): Promise<T>;
}

/** More are not kept at once. */
const mostKept = 1_000;

/** @param keptMs from when it was asked for */
export function createAnswerCache<T>(now: () => number, keptMs: number): AnswerCache<T> {
  const kept = new Map<string, { at: number; answer: Promise<T> }>();

  return {
    async of(key, ask, mayBeOld) {
      const known = kept.get(key);
      if (known && now() - known.at < keptMs) return known.answer;
      if (kept.size >= mostKept) kept.clear();
      // Who asks in this moment gets the same.
      const mine = { at: now(), answer: ask() };
      kept.set(key, mine);
      const forget = () => {
        if (kept.get(key) === mine) kept.delete(key);
      };
      try {
        const answer = await mine.answer;
        if (!mayBeOld(answer)) forget();
        return answer;
      } catch (error) {
        forget();
        throw error;
      }
    },
  };
}
