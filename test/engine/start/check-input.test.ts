import { expect, test } from "vitest";
import { z } from "zod";
import { checkInput } from "../../../server/engine/start/check-input.ts";

/** @returns the error of a field with this rule and value */
function errorOf(rule: z.ZodType, value: unknown): string | undefined {
  const checked = checkInput({ input: z.object({ field: rule }) }, { field: value });
  return checked.ok ? undefined : checked.errors.field;
}

test.each<[string, z.ZodType, unknown, string | undefined]>([
  ["a valid value", z.number().max(3), 3, undefined],
  ["a missing value", z.string(), undefined, "Required"],
  ["an empty text", z.string().min(1), "", "Required"],
  ["a short text", z.string().min(8), "abc", "Use at least 8 characters"],
  ["a long text", z.string().max(2), "abc", "Use at most 2 characters"],
  ["a word for a number", z.coerce.number(), "many", "Enter a number"],
  ["a fraction", z.number().int(), 1.5, "Enter a whole number"],
  ["a small number", z.number().min(1_000), 3, "Enter 1,000 or more"],
  ["a large number", z.number().max(10), 11, "Enter 10 or less"],
  ["none of the choices", z.enum(["a", "b"]), "c", "Choose one of the options"],
  ["no address", z.email(), "ada@", "Enter an email address such as ada@example.com"],
  ["a rule with words of its own", z.string().min(1, "Name it"), "", "Name it"],
])("checkInput checks %s", (_, rule, value, message) => {
  expect(errorOf(rule, value)).toBe(message);
});

test("checkInput returns the first error of each field by its path", () => {
  const input = z.object({ a: z.string().min(2).max(0), b: z.object({ c: z.number() }) });
  const checked = checkInput({ input }, { a: "x", b: { c: "1" } });
  expect(checked).toEqual({
    ok: false,
    errors: { a: "Use at least 2 characters", "b.c": "Enter a number" },
  });
});

test("checkInput returns the parsed input", () => {
  const input = z.object({ times: z.coerce.number().default(3), name: z.string().trim() });
  expect(checkInput({ input }, { name: " Ada " })).toEqual({
    ok: true,
    input: { times: 3, name: "Ada" },
  });
});
