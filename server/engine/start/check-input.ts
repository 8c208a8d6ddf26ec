/** Validates the input of a job against the schema of its kind, with a message for each field. Pure. */
import type { z } from "zod";
import type { Kind } from "../../job.ts";
import { sanitizeText } from "../sanitize-text.ts";
import { readInputType } from "./input-type.ts";
import { findUnstorable, unstorableMessage } from "./unstorable-text.ts";

export type CheckedInput =
  | { ok: true; input: Record<string, unknown> }
  /** Messages by field, such as "mapping.3" for a part of one; "input" stands for the whole input. */
  | { ok: false; errors: Record<string, string> };

export function checkInput(
  kind: Pick<Kind, "input">,
  given: Record<string, unknown>,
): CheckedInput {
  const unstorable = findUnstorable(given);
  if (unstorable.length > 0) {
    const fields = unstorable.map((path) => [sanitizeText(path), unstorableMessage]);
    return { ok: false, errors: Object.fromEntries(fields) };
  }
  const parsed = rejectUnknown(kind.input).safeParse(given, { error: inputError });
  if (!parsed.success) return { ok: false, errors: errorsByField(parsed.error, "input") };
  const { data: input } = parsed;
  const errors: Record<string, string> = {};
  for (const name of fieldsThatDoNotApply(kind, input)) {
    if (given[name] !== undefined) errors[name] = "Does not apply with these options";
    delete input[name];
  }
  return Object.keys(errors).length === 0 ? { ok: true, input } : { ok: false, errors };
}

/** @returns the names of the fields whose `onlyIf` is not met by the input */
export function fieldsThatDoNotApply(
  { input: { shape } }: Pick<Kind, "input">,
  input: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(shape).flatMap(([name, type]) => {
    const conditions = Object.entries(readInputType(type).meta.onlyIf ?? {});
    return conditions.every(([other, value]) => input[other] === value) ? [] : [name];
  });
}

const strictInputs = new WeakMap<z.ZodObject, z.ZodObject>();

/** An unknown field is an error, because an option that nobody reads must not be dropped silently. */
function rejectUnknown(input: z.ZodObject): z.ZodObject {
  let strict = strictInputs.get(input);
  if (!strict) {
    strict = input.def.catchall ? input : input.strict();
    strictInputs.set(input, strict);
  }
  return strict;
}

/**
 * @param whole stands for an error of the whole value
 * @returns messages by path, such as "mapping.3"; an unknown field has an error of its own
 */
export function errorsByField(error: z.core.$ZodError, whole: string): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const issue of error.issues) {
    const unknown = issue.code === "unrecognized_keys" ? issue.keys : [];
    for (const key of unknown) errors[[...issue.path, key].join(".")] ??= "Unknown field";
    if (unknown.length === 0) errors[issue.path.join(".") || whole] ??= issue.message;
  }
  return errors;
}

/** Messages for rules without a message of their own. */
function inputError(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type") {
    if (issue.input === undefined || issue.input === "") return "Required";
    if (issue.expected === "number") return "Enter a number";
    return issue.expected === "int" ? "Enter a whole number" : undefined;
  }
  if (issue.code === "invalid_value") {
    return issue.values.length === 1 && issue.values[0] === true
      ? "Required"
      : "Choose one of the options";
  }
  if (issue.code === "invalid_format" && issue.input === "") return "Required";
  if (issue.code === "invalid_format") return formatErrors[issue.format];
  if (issue.code === "not_multiple_of") return `Enter a multiple of ${issue.divisor}`;
  if (issue.code === "invalid_key") return issue.issues[0]?.message;
  if (issue.code === "too_small") return tooSmall(issue.origin, Number(issue.minimum));
  if (issue.code === "too_big") return tooBig(issue.origin, Number(issue.maximum));
  return undefined;
}

const formatErrors: Readonly<Record<string, string>> = {
  email: "Enter an email address such as ada@example.com",
  url: "Enter an address such as https://example.com",
  date: "Enter a date such as 2026-12-24",
  time: "Enter a time such as 14:30",
  datetime: "Enter a date and time such as 2026-12-24T02:00:00Z",
};

function tooSmall(origin: string, minimum: number): string {
  if (origin === "array") return minimum === 1 ? "Required" : `Give at least ${minimum}`;
  if (origin !== "string") return `Enter ${minimum.toLocaleString("en")} or more`;
  return minimum === 1 ? "Required" : `Use at least ${minimum} characters`;
}

function tooBig(origin: string, maximum: number): string {
  const max = maximum.toLocaleString("en");
  if (origin === "array") return `Give at most ${max}`;
  return origin === "string" ? `Use at most ${max} characters` : `Enter ${max} or less`;
}
