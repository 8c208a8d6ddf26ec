/** A random generator that gives the same numbers for the same seed. */
export interface Random {
  /** A number from 0 up to, but not including, 1. */
  next(): number;
  /** An integer from `first` to `last`, inclusive. */
  between(first: number, last: number): number;
  pick<T>(from: readonly T[]): T;
  /** Picks a key by weight: `{ often: 3, seldom: 1 }`. */
  weighted<K extends string>(weights: Record<K, number>): K;
}

/** https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (mulberry32) */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  return {
    next,
    between: (first, last) => first + Math.floor(next() * (last - first + 1)),
    pick: (from) => from[Math.floor(next() * from.length)]!,
    weighted<K extends string>(weights: Record<K, number>): K {
      const entries = Object.entries<number>(weights) as [K, number][];
      let remaining = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [name, weight] of entries) {
        remaining -= weight;
        if (remaining < 0) return name;
      }
      return entries.at(-1)![0];
    },
  };
}
