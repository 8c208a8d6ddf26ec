/** Validates the input of a job against the schema of its kind, with a message for each field. Pure. */
import type { z } from "zod";
import type { Kind } from "../../job.ts";

export type CheckedInput =
  | { ok: true; input: Record<string, unknown> }
  /** Messages by field, such as "mapping.3" for a part of one; "input" stands for the whole input. */
  | { ok: false; errors: Record<string, string> };

export function checkInput(
  kind: Pick<Kind, "input">,
  given: Record<string, unknown>,
): CheckedInput {
  const parsed = kind.input.safeParse(given, { error: inputError });
  if (parsed.success) return { ok: true, input: parsed.data };
  const errors: Record<string, string> = {};
  for (const { path, message } of parsed.error.issues) {
    errors[path.join(".") || "input"] ??= message;
  }
  return { ok: false, errors };
}

/** Messages for rules without a message of their own. */
function inputError(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type") {
    if (issue.input === undefined || issue.input === "") return "Required";
    if (issue.expected === "number") return "Enter a number";
    return issue.expected === "int" ? "Enter a whole number" : undefined;
  }
  if (issue.code === "invalid_value") return "Choose one of the options";
  if (issue.code === "invalid_format" && issue.format === "email") {
    return "Enter an email address such as ada@example.com";
  }
  if (issue.code === "invalid_key") return issue.issues[0]?.message;
  if (issue.code === "too_small") return tooSmall(issue.origin, Number(issue.minimum));
  if (issue.code === "too_big") return tooBig(issue.origin, Number(issue.maximum));
  return undefined;
}

function tooSmall(origin: string, minimum: number): string {
  if (origin !== "string") return `Enter ${minimum.toLocaleString("en")} or more`;
  return minimum === 1 ? "Required" : `Use at least ${minimum} characters`;
}

function tooBig(origin: string, maximum: number): string {
  const max = maximum.toLocaleString("en");
  return origin === "string" ? `Use at most ${max} characters` : `Enter ${max} or less`;
}
