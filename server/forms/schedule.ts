/** The start time in a form: now, tonight, tomorrow, or a specific time. */
import { Temporal } from "temporal-polyfill";

/** The fields of the form, as they were sent. */
export interface ScheduleInput {
  /** One of `startChoices`. */
  when: string;
  /** "2026-11-24T02:00", or "2026-11-24 02:00" where it was typed by hand */
  when_at: string;
  /** The browser's time zone, put in by a script; empty without JavaScript. */
  when_zone: string;
  /** "every weekday at 07:00": the form is then for a schedule, not for one job. Empty for a job. */
  repeats: string;
}

export interface Schedule {
  /** ms since 1970; undefined for now, and for an invalid input. */
  runAt: number | undefined;
  /** The error of an invalid input, as a sentence. */
  error?: string;
}

export const startChoices = [
  { value: "now", label: "Now" },
  { value: "tonight", label: "Tonight at 02:00" },
  { value: "tomorrow", label: "Tomorrow at 09:00" },
  { value: "at", label: "At a specific time" },
] as const;

const minute = 60_000;
const formatHint = "Enter a date and time, such as 2026-11-24 02:00";

/** @param given a form or a query; missing fields become empty */
export function readScheduleInput(given: Readonly<Record<string, unknown>>): ScheduleInput {
  const text = (name: string) => (typeof given[name] === "string" ? (given[name] as string) : "");
  return {
    ...{ when: text("when"), when_at: text("when_at").trim(), when_zone: text("when_zone") },
    repeats: text("repeats").trim(),
  };
}

/**
 * @param preferredZone the time zone from the person's settings, which overrides the browser's
 * @param now ms since 1970
 */
export function parseSchedule(
  input: ScheduleInput,
  preferredZone: string | null,
  now: number,
): Schedule {
  const zone = timeZoneOf(input, preferredZone);
  const here = zonedTime(now, zone);
  if (!here) return { runAt: undefined, error: `Unknown time zone ${zone}` };
  if (input.when === "tonight") return { runAt: nextTime(here, "02:00") };
  if (input.when === "tomorrow") {
    const tomorrow = here.toPlainDate().add({ days: 1 });
    const nine = tomorrow.toZonedDateTime({ timeZone: here.timeZoneId, plainTime: "09:00" });
    return { runAt: nine.epochMilliseconds };
  }
  if (input.when === "at") return parseTime(input.when_at, here);
  if (input.when_at) {
    return {
      runAt: undefined,
      error: "You set a time but chose “Now”. Choose “At a specific time” or clear it.",
    };
  }
  return { runAt: undefined };
}

/** The time zone that the times of a form are in. */
export function timeZoneOf({ when_zone }: ScheduleInput, preferredZone: string | null): string {
  return preferredZone ?? (when_zone || "UTC");
}

/** @returns undefined for an unknown zone */
function zonedTime(now: number, zone: string): Temporal.ZonedDateTime | undefined {
  try {
    return Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
  } catch {
    return undefined;
  }
}

/** @returns the next time at which a clock in this zone shows `time`: today or tomorrow */
function nextTime(here: Temporal.ZonedDateTime, time: string): number {
  const today = here.withPlainTime(time);
  const isPast = Temporal.ZonedDateTime.compare(today, here) <= 0;
  const next = isPast ? here.add({ days: 1 }).withPlainTime(time) : today;
  return next.epochMilliseconds;
}

/**
 * Takes the first of two equal times when clocks go back, and moves a time that clocks skip an hour
 * later.
 */
function parseTime(text: string, here: Temporal.ZonedDateTime): Schedule {
  let at: Temporal.ZonedDateTime;
  try {
    const plain = Temporal.PlainDateTime.from(text.replace(/^(\d{4}-\d\d-\d\d) +/, "$1T"));
    if (!/[T ]\d/i.test(text)) return { runAt: undefined, error: formatHint };
    at = plain.toZonedDateTime(here.timeZoneId, { disambiguation: "compatible" });
  } catch {
    return { runAt: undefined, error: formatHint };
  }
  const runAt = at.epochMilliseconds;
  // The current minute has begun but may still be chosen.
  if (runAt <= here.epochMilliseconds - minute) {
    return { runAt, error: "This time has passed. Choose a later one, or “Now”" };
  }
  if (Temporal.ZonedDateTime.compare(at, here.add({ years: 1 })) > 0) {
    return { runAt, error: "This is more than a year ahead. Choose an earlier time" };
  }
  return { runAt };
}
