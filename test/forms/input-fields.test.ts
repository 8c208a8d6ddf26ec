import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type InputField, inputFields } from "../../server/forms/input-fields.ts";
import { upload, uploads } from "../../server/job.ts";

function fieldOf(type: z.ZodType): InputField {
  return inputFields({ input: z.object({ it: type }) })[0]!;
}

test.each<[string, z.ZodType, InputField["type"], Record<string, string>]>([
  ["a decimal", z.number().min(0).max(100), "number", { min: "0", max: "100", step: "any" }],
  ["an open range", z.number().gt(0), "number", { step: "any" }],
  ["a whole number", z.int().min(1), "number", { min: "1", step: "1" }],
  [
    "an open range of whole numbers",
    z.int().gt(0).lt(9),
    "number",
    { min: "1", max: "8", step: "1" },
  ],
  ["a multiple", z.number().multipleOf(0.25), "number", { step: "0.25" }],
  // A browser counts steps from the minimum: 4 would be right, 5 wrong.
  [
    "a multiple above another number",
    z.int().min(1).multipleOf(5),
    "number",
    { min: "1", step: "any" },
  ],
  ["a length", z.string().min(2).max(9), "text", { minlength: "2", maxlength: "9" }],
  ["a required text", z.string().min(1), "text", {}],
  [
    "a pattern",
    z.string().regex(/^[A-Z]{3}$/, "Use three letters"),
    "text",
    { pattern: "^[A-Z]{3}$", title: "Use three letters" },
  ],
  ["a part of a text", z.string().regex(/a|b/), "text", { pattern: "(?=.*(?:a|b)).*" }],
  ["a pattern without case", z.string().regex(/^a$/i), "text", {}],
  ["a pattern of a changed text", z.string().trim().regex(/^a$/), "text", {}],
  ["a pattern that browsers refuse", z.string().regex(/^[(]$/), "text", {}],
  ["an address of a page", z.url().max(200), "url", { maxlength: "200" }],
  ["an email address", z.string().email(), "email", {}],
  ["a day", z.iso.date(), "date", {}],
  ["a time of day", z.iso.time(), "time", { step: "any" }],
  ["a time", z.iso.datetime(), "datetime", {}],
  [
    "a text of several lines",
    z.string().max(9).meta({ multiline: true }),
    "textarea",
    { maxlength: "9" },
  ],
  ["a transformed text", z.string().max(9).transform(Number), "text", { maxlength: "9" }],
  ["a text behind a function", z.preprocess(String, z.string().max(9)), "text", { maxlength: "9" }],
  [
    "an optional decimal",
    z.number().min(0).nullable().optional(),
    "number",
    { min: "0", step: "any" },
  ],
  ["a list of texts", z.array(z.string().max(9)), "lines", {}],
  ["some of several options", z.array(z.enum(["a", "b"])), "multiple", {}],
  ["an uploaded file", upload("text/csv").optional(), "file", {}],
  ["uploaded files", uploads("text/csv"), "file", {}],
])("%s has the fitting control and attributes", (_, type, control, attributes) => {
  expect(fieldOf(type)).toMatchObject({ type: control });
  expect(fieldOf(type).attributes).toEqual(attributes);
});

describe("the values of a select", () => {
  test.each<[string, z.ZodType, unknown[]]>([
    ["an enum", z.enum(["a", "b"]), ["a", "b"]],
    ["a union of literals", z.union([z.literal("a"), z.literal(2)]), ["a", 2]],
    ["a literal of several values", z.literal([1, 2, 3]), [1, 2, 3]],
    ["a literal that may be null", z.union([z.literal("a"), z.null()]), ["a"]],
    ["a boolean that may be null", z.boolean().nullable(), [true, false]],
  ])("are those of %s", (_, type, values) => {
    expect(fieldOf(type)).toMatchObject({ type: "select", values });
  });
});

test("only a box that must be ticked is required", () => {
  expect(fieldOf(z.literal(true))).toMatchObject({ type: "checkbox", required: true });
  expect(fieldOf(z.boolean())).toMatchObject({ type: "checkbox", required: false });
});

test("the fields of an object know their path and the objects around them", () => {
  const address = z.object({ street: z.string(), at: z.object({ zip: z.string() }).optional() });
  const input = z.object({ address: address.meta({ label: "Ship to" }) });
  const fields = inputFields({ input });
  expect(fields.map(({ name }) => name)).toEqual(["address.street", "address.at.zip"]);
  expect(fields[1]!.path).toEqual(["address", "at", "zip"]);
  expect(fields[1]!.groups).toMatchObject([
    { label: "Ship to", isOptional: false },
    { label: "At", isOptional: true },
  ]);
});

describe("a type that no form can show", () => {
  test.each<[string, z.ZodType, RegExp]>([
    ["a date", z.date(), /"it".*z\.iso\.date\(\)/],
    ["a record", z.record(z.string(), z.string()), /z\.object\(\)/],
    ["anything", z.any(), /z\.string\(\)/],
    ["a large number", z.bigint(), /z\.int\(\)/],
    ["a set", z.set(z.string()), /z\.array\(\)/],
    ["a list of objects", z.array(z.object({ a: z.string() })), /a list of texts/],
    ["a union of types", z.union([z.string(), z.number()]), /a union of literals/],
    ["a function alone", z.transform(String), /as it is typed/],
    ["a file in an object", z.object({ a: upload() }), /"it\.a".*outside of other objects/],
  ])("is refused with advice: %s", (_, type, message) => {
    expect(() => fieldOf(type)).toThrow(message);
  });

  test("is allowed in a hidden field", () => {
    expect(fieldOf(z.any().meta({ hidden: true }))).toMatchObject({ hidden: true });
    expect(fieldOf(z.object({ a: z.date() }).meta({ hidden: true }))).toMatchObject({ name: "it" });
  });
});
