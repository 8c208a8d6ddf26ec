/** Presents an event of a schedule as a sentence. */
import type { ScheduleEvent } from "../engine/schedules/schedule-event.ts";
import { formatCount } from "../text/counts.ts";
import { formatDateTime } from "../text/dates.ts";
import { formatZonedTime } from "../text/zoned-times.ts";

export interface EventContext {
  timeZone: string;
  /** ms since 1970 */
  now: number;
  /** @returns "You", "Ada Lovelace" */
  nameOf(userId: string): string;
}

export function scheduleEventText(
  { type, details }: ScheduleEvent,
  { timeZone, now, nameOf }: EventContext,
): string {
  const planned = (at: number) => formatZonedTime(at, timeZone, now);
  switch (type) {
    case "created":
      return `${nameOf(details.by)} created this schedule`;
    case "edited":
      return `${nameOf(details.by)} changed this schedule: ${details.repeats}`;
    case "paused":
      return `${nameOf(details.by)} paused this schedule`;
    case "resumed":
      return `${nameOf(details.by)} resumed this schedule`;
    case "run_now":
      return `${nameOf(details.by)} started a run`;
    case "caught_up":
      return `Caught up the run of ${planned(details.planned_at)}.${missedText(details.missed)}`;
    case "skipped":
      return `Skipped the run of ${planned(details.planned_at)}: the run before was unfinished.${missedText(details.missed)}`;
    case "not_started":
      return `The run of ${planned(details.planned_at)} could not start: ${details.error}.${missedText(details.missed)}`;
    case "failing":
      return `${formatCount(details.failures, "runs")} in a row failed`;
    case "recovered":
      return "A run succeeded again";
    case "restored":
      return `Restored from the backup of ${formatDateTime(details.backup_at).text}. Times since then are not caught up.`;
  }
}

/** A long outage of a schedule of each minute is not counted to its end. */
const maxShown = 1_000;

function missedText(missed: number): string {
  if (missed === 0) return "";
  const count =
    missed >= maxShown ? "More than 1,000 earlier times" : formatCount(missed, "earlier times");
  return ` ${count} ${missed === 1 ? "was" : "were"} missed.`;
}
