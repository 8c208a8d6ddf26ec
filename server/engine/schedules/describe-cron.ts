import { toString as describe } from "cronstrue";

/** @returns "At 07:00, Monday through Friday" */
export function describeCron(cron: string): string {
  const text = describe(cron, { use24HourTimeFormat: true, throwExceptionOnParseError: false });
  const [, , day = "*", , weekday = "*"] = cron.split(/\s+/);
  // cron takes the two as alternatives, which the words of the library leave open.
  const isEither = day !== "*" && weekday !== "*" && day !== "?" && weekday !== "?";
  return isEither ? text.replace(", and on ", ", or on ").replace(", and ", ", or ") : text;
}
