/** One subscription to the signals of a process, for any number of streams that wait for jobs. */
import type { Change, Signals } from "../../backend/backend.ts";

export interface WakeUps {
  /**
   * Calls `wake` whenever the job may have changed.
   * @returns a function that ends that
   */
  on(jobId: string, wake: () => void): () => void;
}

export function createWakeUps(signals: Signals): WakeUps {
  const waiting = new Map<string, Set<() => void>>();
  let unsubscribe: (() => void) | undefined;

  function tell(change: Change): void {
    const ids = change === "resync" ? [...waiting.keys()] : change;
    for (const id of ids) for (const wake of waiting.get(id) ?? []) wake();
  }

  return {
    on(jobId, wake) {
      const sleepers = waiting.get(jobId) ?? new Set();
      waiting.set(jobId, sleepers.add(wake));
      unsubscribe ??= signals.subscribe(tell);
      return () => {
        sleepers.delete(wake);
        if (sleepers.size === 0) waiting.delete(jobId);
        if (waiting.size > 0) return;
        unsubscribe?.();
        unsubscribe = undefined;
      };
    },
  };
}
