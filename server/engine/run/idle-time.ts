/**
 * The time in which a run only sleeps, which its timeout does not count. It is running time in all other
 * respects: people see it, and estimates learn from it.
 */

/** Short sleeps are reported together, because a kind may sleep in a hot loop. */
const minReportedMs = 1_000;

export interface IdleTime {
  /** The whole time so far. */
  readonly ms: number;
  /**
   * Begins a sleep. One that begins during another one counts as part of it.
   * @returns a function that ends it
   */
  begin(expectedMs: number): () => void;
}

/** @param onIdle called with the time by which the deadline moves, before the run sleeps for so long */
export function createIdleTime(onIdle: (ms: number) => void): IdleTime {
  let total = 0;
  let unreported = 0;
  let isSleeping = false;
  return {
    get ms() {
      return total;
    },
    begin(expectedMs) {
      if (isSleeping) return () => {};
      isSleeping = true;
      unreported += expectedMs;
      if (unreported >= minReportedMs) {
        onIdle(Math.ceil(unreported));
        unreported = 0;
      }
      const startedAt = performance.now();
      return () => {
        isSleeping = false;
        total += performance.now() - startedAt;
      };
    },
  };
}
