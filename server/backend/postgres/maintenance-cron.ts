/** Maintenance tasks as entries of graphile-worker's cron, which gives each run to one worker. */
import { type ParsedCronItem, parseCronItems, type TaskList } from "graphile-worker";
import type { MaintenanceTask } from "../backend.ts";

/** Before the jobs, so that a system that is always busy cleans up too. */
const priority = -100;

export function cronItems(tasks: readonly MaintenanceTask[]): ParsedCronItem[] {
  return parseCronItems(
    tasks.map(({ name, everyMinutes }) => ({
      task: identifierOf(name),
      identifier: identifierOf(name),
      match: everyMinutes === 60 ? "0 * * * *" : `*/${everyMinutes} * * * *`,
      // After a time without workers a missed task runs once.
      options: { backfillPeriod: everyMinutes * 60_000, priority },
    })),
  );
}

/** @param signal aborts the running tasks */
export function taskList(tasks: readonly MaintenanceTask[], signal: AbortSignal): TaskList {
  return Object.fromEntries(tasks.map(({ name, run }) => [identifierOf(name), () => run(signal)]));
}

function identifierOf(name: string): string {
  return `maintenance_${name}`;
}
