/** Merges new values into a contact: an empty cell never clears a value. */
import { uniqueTags } from "./custom-fields.ts";

/** The values of a contact that a file can fill, in this order in all rows and statements. */
export const valueColumns = [
  "first_name",
  "last_name",
  "company",
  "phone",
  "phone_e164",
  "custom_fields",
  "tags",
] as const;

export type ContactValues = [
  firstName: string | null,
  lastName: string | null,
  company: string | null,
  phone: string | null,
  /** The international form of `phone`, if it is known. */
  phoneE164: string | null,
  /** JSON object of name and value. */
  customFields: string | null,
  /** JSON array. */
  tags: string | null,
];

/** @returns the merged values; `before` itself if nothing changes */
export function mergeValues(before: ContactValues, given: ContactValues): ContactValues {
  const merged: ContactValues = [
    given[0] ?? before[0],
    given[1] ?? before[1],
    given[2] ?? before[2],
    // The international form belongs to its number.
    given[3] ?? before[3],
    given[3] === null ? before[4] : given[4],
    mergeFields(before[5], given[5]),
    mergeTags(before[6], given[6]),
  ];
  return merged.every((value, at) => value === before[at]) ? before : merged;
}

function mergeFields(before: string | null, given: string | null): string | null {
  if (given === null || given === before) return before;
  if (before === null) return given;
  return JSON.stringify({ ...JSON.parse(before), ...JSON.parse(given) });
}

function mergeTags(before: string | null, given: string | null): string | null {
  if (given === null || given === before) return before;
  if (before === null) return given;
  return JSON.stringify(uniqueTags([...JSON.parse(before), ...JSON.parse(given)]));
}
