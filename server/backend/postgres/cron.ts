/** The system's chores as entries of graphile-worker's cron: each time one worker is given it. */
import { type ParsedCronItem, parseCronItems, type TaskList } from "graphile-worker";
import type { Chore } from "../backend.ts";

/** Before the jobs that wait: a system that is busy all the time has to clean up, too. */
const priority = -100;

export function cronOf(chores: readonly Chore[]): ParsedCronItem[] {
  return parseCronItems(
    chores.map(({ name, everyMinutes }) => ({
      task: taskOf(name),
      identifier: taskOf(name),
      match: everyMinutes === 60 ? "0 * * * *" : `*/${everyMinutes} * * * *`,
      // What was due while no worker was there is made up for, once.
      options: { backfillPeriod: everyMinutes * 60_000, priority },
    })),
  );
}

/** @param signal asks those under way to end */
export function tasksOf(chores: readonly Chore[], signal: AbortSignal): TaskList {
  return Object.fromEntries(chores.map(({ name, run }) => [taskOf(name), () => run(signal)]));
}

function taskOf(name: string): string {
  return `chore_${name}`;
}
