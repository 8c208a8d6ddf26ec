/** The HTML attributes with which a browser checks a value as the schema does. */
import { z } from "zod";
import type { FieldType } from "./field-type.ts";

interface Rules {
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  type?: string;
  minLength?: number;
  maxLength?: number;
}

/** @param type without its wrappers */
export function fieldAttributes(
  field: FieldType,
  type: z.core.$ZodType,
): Readonly<Record<string, string>> {
  if (field === "number") return numberAttributes(rulesOf(type));
  if (field === "time") return { step: "any" };
  if (!["text", "email", "url", "password", "textarea"].includes(field)) return {};
  const { minLength, maxLength } = rulesOf(type);
  return {
    // A required field says so itself.
    ...(minLength !== undefined && minLength > 1 && { minlength: String(minLength) }),
    ...(maxLength !== undefined && { maxlength: String(maxLength) }),
    ...(field !== "textarea" && patternAttributes(type)),
  };
}

function rulesOf(type: z.core.$ZodType): Rules {
  return z.toJSONSchema(type, { unrepresentable: "any" }) as Rules;
}

function numberAttributes(rules: Rules): Record<string, string> {
  const isInteger = rules.type === "integer";
  const min = rules.minimum ?? (isInteger ? add(rules.exclusiveMinimum, 1) : undefined);
  const max = rules.maximum ?? (isInteger ? add(rules.exclusiveMaximum, -1) : undefined);
  const step = rules.multipleOf ?? (isInteger ? 1 : undefined);
  // A browser counts steps from the minimum.
  const isStep = step !== undefined && Number.isInteger((min ?? 0) / step);
  return {
    ...(isBound(min) && { min: String(min) }),
    ...(isBound(max) && { max: String(max) }),
    step: isStep ? String(step) : "any",
  };
}

function add(value: number | undefined, more: number): number | undefined {
  return value === undefined ? undefined : value + more;
}

/** Integers have the limits of exact numbers, which nobody needs to be told. */
function isBound(value: number | undefined): boolean {
  return value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
}

/** A pattern that browsers cannot have, or that the schema tries on a changed text, is left to the server. */
function patternAttributes(type: z.core.$ZodType): Record<string, string> {
  const { checks = [] } = type._zod.def as { checks?: z.core.$ZodCheck[] };
  const rules = checks.map(({ _zod }) => _zod.def as z.core.$ZodCheckRegexDef);
  if (rules.some(({ check }) => (check as string) === "overwrite")) return {};
  const found = rules.find(({ format }) => format === "regex");
  if (!found || /[^u]/.test(found.pattern.flags)) return {};
  const { source } = found.pattern;
  // A browser compares the whole value, a schema finds the pattern anywhere in it.
  const isWhole = /^\^[^|]*\$$/.test(source);
  const pattern = isWhole ? source : `(?=.*(?:${source})).*`;
  try {
    new RegExp(`^(?:${pattern})$`, "v");
  } catch {
    return {};
  }
  const error = found.error?.({ code: "invalid_format", input: "" } as z.core.$ZodRawIssue & never);
  const title = typeof error === "string" ? error : error?.message;
  return { pattern, ...(title && { title }) };
}
