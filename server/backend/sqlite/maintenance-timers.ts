import type { MaintenanceTask } from "../backend.ts";

const minuteMs = 60_000;

/**
 * Runs each task now, because nobody knows when it last ran, and then at its interval. Tasks run
 * one after another, because a SQLite file has one writer.
 */
export function startMaintenance(tasks: readonly MaintenanceTask[]): { stop(): Promise<void> } {
  const abort = new AbortController();
  const { signal } = abort;
  let last = Promise.resolve();

  function enqueue(task: MaintenanceTask): void {
    last = last.then(() => (signal.aborted ? undefined : task.run(signal)));
  }

  for (const task of tasks) enqueue(task);
  const timers = tasks.map((task) => setInterval(enqueue, task.everyMinutes * minuteMs, task));
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      abort.abort();
      await last;
    },
  };
}
