/** When a job is to start, as people ask for it: now, tonight, tomorrow, or at a time. Pure. */
import { Temporal } from "temporal-polyfill";
import type { ScheduleView } from "../presenters/form.ts";

/** As it stands in a form. */
export interface WhenTyped {
  when: string;
  when_at: string;
  /** That of the browser, put in by a script; empty without. */
  when_zone: string;
}

export interface When {
  /** ms; undefined for now, and where nothing can be made of it. */
  runAt: number | undefined;
  /** What is wrong with it, a sentence. */
  wrong?: string;
}

const choices = [
  { value: "now", label: "Now" },
  { value: "tonight", label: "Tonight at 02:00" },
  { value: "tomorrow", label: "Tomorrow at 09:00" },
  { value: "at", label: "At the time given here" },
];
const minute = 60_000;
const ask = "Write a date and a time, such as 2026-11-24 02:00";

/** The fields of it among those of a form or a query; what is missing is empty. */
export function whenTyped(given: Readonly<Record<string, unknown>>): WhenTyped {
  const text = (name: string) => (typeof given[name] === "string" ? (given[name] as string) : "");
  return { when: text("when"), when_at: text("when_at").trim(), when_zone: text("when_zone") };
}

/**
 * @param preferred the zone that the person chose, which goes before that of the browser
 * @param now ms
 */
export function whenOf(typed: WhenTyped, preferred: string | null, now: number): When {
  const zone = zoneOf(typed, preferred);
  const here = zonedNow(now, zone);
  if (!here) return { runAt: undefined, wrong: `The time zone ${zone} is not known here` };
  if (typed.when === "tonight") return { runAt: nextAt(here, "02:00") };
  if (typed.when === "tomorrow") {
    const tomorrow = here.toPlainDate().add({ days: 1 });
    const nine = tomorrow.toZonedDateTime({ timeZone: here.timeZoneId, plainTime: "09:00" });
    return { runAt: nine.epochMilliseconds };
  }
  if (typed.when === "at") return atTime(typed.when_at, here);
  if (typed.when_at) {
    return {
      runAt: undefined,
      wrong: "This would start now: choose “At the time given here”, or empty the time",
    };
  }
  return { runAt: undefined };
}

/** @param wrong what is wrong with it, or empty */
export function whenView(typed: WhenTyped, preferred: string | null, wrong = ""): ScheduleView {
  const chosen = choices.some(({ value }) => value === typed.when) ? typed.when : "now";
  return {
    open: chosen !== "now" || wrong !== "",
    choices: choices.map((choice) => ({ ...choice, selected: choice.value === chosen })),
    at: typed.when_at,
    zone: typed.when_zone,
    zoneText: zoneOf(typed, preferred).replaceAll("_", " "),
    fixed: preferred !== null,
    error: wrong,
  };
}

function zoneOf({ when_zone }: WhenTyped, preferred: string | null): string {
  return preferred ?? (when_zone || "UTC");
}

function zonedNow(now: number, zone: string): Temporal.ZonedDateTime | undefined {
  try {
    return Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
  } catch {
    return undefined;
  }
}

/** The next time that clocks there show that. */
function nextAt(here: Temporal.ZonedDateTime, time: string): number {
  const today = here.withPlainTime(time);
  const isPast = Temporal.ZonedDateTime.compare(today, here) <= 0;
  const next = isPast ? here.add({ days: 1 }).withPlainTime(time) : today;
  return next.epochMilliseconds;
}

/** A time that clocks skip becomes the one as much later, one that comes twice the first. */
function atTime(text: string, here: Temporal.ZonedDateTime): When {
  let at: Temporal.ZonedDateTime;
  try {
    // By hand it is written with a space.
    const plain = Temporal.PlainDateTime.from(text.replace(/^(\d{4}-\d\d-\d\d) +/, "$1T"));
    if (!/[T ]\d/i.test(text)) return { runAt: undefined, wrong: ask };
    at = plain.toZonedDateTime(here.timeZoneId, { disambiguation: "compatible" });
  } catch {
    return { runAt: undefined, wrong: ask };
  }
  const runAt = at.epochMilliseconds;
  // The minute that it is now has begun.
  if (runAt <= here.epochMilliseconds - minute) {
    return { runAt, wrong: "This time has passed. Choose a later one, or “Now”" };
  }
  if (Temporal.ZonedDateTime.compare(at, here.add({ years: 1 })) > 0) {
    return { runAt, wrong: "This is more than a year ahead. Choose an earlier time" };
  }
  return { runAt };
}
