import type { Chore } from "../backend.ts";

const minuteMs = 60_000;

/**
 * Does each chore at once, for nobody knows when that was last done, and then from time to time;
 * one behind the other, for a file has one writer.
 */
export function keepDoing(chores: readonly Chore[]): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  let last = Promise.resolve();

  function add(chore: Chore): void {
    last = last.then(() => (signal.aborted ? undefined : chore.run(signal)));
  }

  for (const chore of chores) add(chore);
  const timers = chores.map((chore) => setInterval(add, chore.everyMinutes * minuteMs, chore));
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      stopping.abort();
      await last;
    },
  };
}
