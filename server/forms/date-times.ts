/** Converts between the texts of `<input type="datetime-local">` and those of an input. */
import { Temporal } from "temporal-polyfill";
import { parseTimeZone } from "./date-range.ts";
import type { DateTimeRules } from "./input-fields.ts";

/** Fields of a form with the zone in which a date and time was typed: "due_at.zone". */
export const zoneSuffix = ".zone";

/**
 * Takes the first of two equal times when clocks go back, and moves a time that clocks skip an hour
 * later.
 * @param text as the browser sends it, "2026-12-24T02:00", or with a zone already
 * @param zone in which it was typed
 * @returns "2026-12-24T01:00:00Z"; any other text as it is, so that the validation reports it
 */
export function parseDateTime(
  text: string,
  zone: string | undefined,
  { hasZone, precision }: DateTimeRules,
): string {
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text)) return text;
  try {
    const local = Temporal.PlainDateTime.from(text.replace(" ", "T"));
    if (!hasZone) return local.toString(rounded(precision));
    const at = local.toZonedDateTime(parseTimeZone(zone) ?? "UTC", {
      disambiguation: "compatible",
    });
    return at.toInstant().toString(rounded(precision));
  } catch {
    return text;
  }
}

/**
 * @param text of the input, or as it was typed
 * @param typedIn the zone of a text without one
 * @param zone of the person
 * @returns "2026-12-24T02:00" on the clocks of `zone`; any other text as it is
 */
export function localDateTime(text: string, typedIn: string | undefined, zone: string): string {
  const instant = instantOf(text, typedIn);
  if (instant === undefined) return text;
  const here = instant.toZonedDateTimeISO(zone).toPlainDateTime();
  return here.toString({ smallestUnit: here.second === 0 ? "minute" : "second" });
}

/** @returns the text in UTC, for the script that shows it in the zone of the browser; else empty */
export function utcText(text: string, typedIn: string | undefined): string {
  return instantOf(text, typedIn)?.toString() ?? "";
}

function instantOf(text: string, typedIn: string | undefined): Temporal.Instant | undefined {
  const rules = { hasZone: true, precision: null };
  try {
    return Temporal.Instant.from(parseDateTime(text, typedIn, rules));
  } catch {
    return undefined;
  }
}

function rounded(precision: number | null): Parameters<Temporal.Instant["toString"]>[0] & object {
  if (precision === -1) return { smallestUnit: "minute" };
  if (precision === null || precision === 0) return { smallestUnit: "second" };
  return { fractionalSecondDigits: precision as 3 };
}
