/** Checks what a job is to be started with, and says in plain words what is wrong. Pure. */
import type { z } from "zod";
import type { Kind } from "../../job.ts";

export type CheckedInput =
  | { ok: true; input: Record<string, unknown> }
  /** By the name of the field, "mapping.3" within one; "input" for the whole. */
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

/** For the rules of a kind that bring no message of their own. */
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
  const most = maximum.toLocaleString("en");
  return origin === "string" ? `Use at most ${most} characters` : `Enter ${most} or less`;
}
