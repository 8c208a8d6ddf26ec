/** Finds the international form of phone numbers (E.164: https://www.itu.int/rec/T-REC-E.164). */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
/** Required with the first number: every process loads the kinds at its start, and these are 93 modules. */
const phoneNumbers = () =>
  require("libphonenumber-js/min") as typeof import("libphonenumber-js/min");

/** A country code, then a number that does not begin with the 0 of national dialling. */
const REGULAR = /^\+[1-9][\d ()./-]{4,30}$/;
const NATIONAL_ZERO = /\(0\)/;
const NOT_DIGIT = /\D/g;

/**
 * Whether numbers of this length exist behind these first digits. Parsing takes several microseconds
 * a number, and most numbers of a file are alike.
 */
const known = new Map<string, boolean>();
/** Enough to tell all country codes apart, and a 0 behind them. */
const prefixLength = 5;

/**
 * @param phone as typed, with a country code: "+49 30 123456", "0049 (0)30 123456"
 * @returns "+4930123456", or null if the country is unknown or no such number can exist
 */
export function toE164(phone: string): string | null {
  if (!REGULAR.test(phone) || NATIONAL_ZERO.test(phone)) return parse(phone);
  const number = `+${phone.replace(NOT_DIGIT, "")}`;
  const key = `${number.slice(0, prefixLength + 1)}:${number.length}`;
  let isNumber = known.get(key);
  if (isNumber === undefined) {
    isNumber = parse(number) === number;
    known.set(key, isNumber);
  }
  return isNumber ? number : parse(phone);
}

function parse(phone: string): string | null {
  // NFKC makes full-width signs, as in Japanese files, and odd blanks usual ones.
  const international = phone
    .normalize("NFKC")
    .trim()
    .replace(/^00 ?(?=[1-9])/, "+");
  if (!international.startsWith("+")) return null;
  const parsed = phoneNumbers().parsePhoneNumberFromString(international);
  return parsed?.isPossible() ? parsed.number : null;
}
