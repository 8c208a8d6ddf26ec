/** Answers that took long are remembered for a moment, for all who ask the same. */

export interface Memory<T> {
  /**
   * @param key what is asked; the same for all who may know the answer
   * @param isLarge whether the answer took so long that it may be a moment old
   */
  of(key: string, ask: () => Promise<T>, isLarge: (answer: T) => boolean): Promise<T>;
}

/** More are not remembered at once. */
const mostKept = 1_000;

/** @param keptMs from when it was asked for */
export function createMemory<T>(now: () => number, keptMs: number): Memory<T> {
  const kept = new Map<string, { at: number; answer: Promise<T> }>();

  return {
    async of(key, ask, isLarge) {
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
        if (!isLarge(answer)) forget();
        return answer;
      } catch (error) {
        forget();
        throw error;
      }
    },
  };
}
