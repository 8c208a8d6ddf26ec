/** The fields that ask when a job starts. */
import { type ScheduleInput, startChoices, timeZoneOf } from "../forms/schedule.ts";
import type { TimeView } from "../text/dates.ts";
import type { Option } from "./form.ts";
import type { Page } from "./layout.ts";

export interface ScheduleView {
  /** Whether the start is not "Now", or is invalid. */
  open: boolean;
  choices: Option[];
  /** As typed: "2026-11-24T02:00", or empty. */
  at: string;
  /** The browser's time zone, which a script fills in, or empty. */
  zone: string;
  /** The time zone of the typed times: "America/New York" */
  zoneText: string;
  /** Whether the person has set a time zone, which overrides the browser's. */
  fixed: boolean;
  error: string;
  /** "every weekday at 07:00", or empty */
  repeats: string;
}

/** GET /jobs/:id/reschedule */
export interface ReschedulePage extends Page {
  /** "Import contacts, people.csv" */
  title: string;
  jobHref: string;
  action: string;
  /** The present time of its start. */
  starts: TimeView;
  schedule: ScheduleView;
}

/**
 * @param preferredZone the time zone from the person's settings
 * @param error of an invalid start, or empty
 */
export function scheduleView(
  input: ScheduleInput,
  preferredZone: string | null,
  error = "",
): ScheduleView {
  const chosen = startChoices.some(({ value }) => value === input.when) ? input.when : "now";
  return {
    open: chosen !== "now" || error !== "",
    choices: startChoices.map((choice) => ({ ...choice, selected: choice.value === chosen })),
    at: input.when_at,
    zone: input.when_zone,
    zoneText: timeZoneOf(input, preferredZone).replaceAll("_", " "),
    fixed: preferredZone !== null,
    error,
    repeats: input.repeats,
  };
}
