/** Limits how many processes start at once, because each takes a core for half a second. */
export interface RunnerStartLimit {
  /**
   * Waits for a turn, in the order of the calls. Call `release` once the process has started.
   * @returns false if `cancel` was called meanwhile
   */
  acquire(id: string): Promise<boolean>;
  release(): void;
  /** @returns whether the job was waiting */
  cancel(id: string): boolean;
}

/** @param max number of processes that may start at once */
export function createRunnerStartLimit(max: number): RunnerStartLimit {
  /** The jobs that wait, with the function that ends the wait. */
  const waiting = new Map<string, (mayStart: boolean) => void>();
  let starting = 0;

  function end(id: string, mayStart: boolean): boolean {
    const resolve = waiting.get(id);
    waiting.delete(id);
    resolve?.(mayStart);
    return resolve !== undefined;
  }

  return {
    async acquire(id) {
      if (starting < max) {
        starting++;
        return true;
      }
      // A turn passes from one job to the next.
      return new Promise((resolve) => waiting.set(id, resolve));
    },
    release() {
      const [next] = waiting.keys();
      if (next === undefined) starting--;
      else end(next, true);
    },
    cancel: (id) => end(id, false),
  };
}
