import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  formValuesOf,
  mergeFormValues,
  parseInput,
  pickFormValues,
  submittedValues,
  withoutFileValues,
} from "../../server/forms/input-values.ts";
import { upload, uploads } from "../../server/job.ts";

const kind = {
  input: z.object({
    upload_id: upload("text/csv"),
    columns: z.record(z.string(), z.string()).optional().meta({ columns: [] }),
    times: z.number().default(1),
    name: z.string(),
    note: z.string().optional(),
    mood: z.enum(["calm", "wild"]).default("calm"),
    loud: z.boolean().default(true),
  }),
};

describe("form values", () => {
  test("pickFormValues takes only the texts that belong to the input", () => {
    const body = { name: "Ada", "columns.3": "email", token: "t", times: ["1", "2"], file: {} };
    expect(pickFormValues(kind, body)).toEqual({ name: "Ada", "columns.3": "email" });
  });

  test("submittedValues adds the checkboxes that are not ticked", () => {
    expect(submittedValues(kind, { name: "Ada" })).toEqual({ name: "Ada", loud: "off" });
    expect(submittedValues(kind, { loud: "on" })).toEqual({ loud: "on" });
  });
});

test("withoutFileValues removes uploads and secrets", () => {
  const input = z.object({
    file: upload("text/csv"),
    list: z.string(),
    password: z.string().meta({ secret: true }).optional(),
  });
  const typed = { file: "upload-1", list: "Sheep", password: "s3cret" };
  expect(withoutFileValues({ input }, typed)).toEqual({ list: "Sheep" });
});

test.each<[Record<string, string>, Record<string, unknown>]>([
  [{}, {}],
  [{ times: " 12 " }, { times: 12 }],
  [{ times: "" }, {}],
  [{ times: "a dozen" }, { times: "a dozen" }],
  [{ times: "1e999" }, { times: "1e999" }],
  [{ name: "", note: "", mood: "" }, { name: "" }],
  [{ name: " Ada " }, { name: " Ada " }],
  [{ loud: "on" }, { loud: true }],
  [{ loud: "true" }, { loud: true }],
  [{ loud: "off" }, { loud: false }],
  [{ "columns.0": "email", "columns.2": "" }, { columns: { 0: "email", 2: "" } }],
])("parseInput parses %j as the input %j", (typed, input) => {
  expect(parseInput(kind, typed)).toEqual(input);
});

describe("the input of a form", () => {
  const input = z.object({
    price: z.number().nullable().default(null),
    discount: z.number().nullable().default(5),
    level: z.literal([1, 2]),
    colours: z.array(z.enum(["red", "green"])).default(["red"]),
    names: z.array(z.string()).optional(),
    sizes: z.array(z.number()),
    due: z.iso.datetime().optional(),
    local: z.iso.datetime({ local: true }).optional(),
    sure: z.boolean().nullable().default(null),
    home: z
      .object({
        street: z.string(),
        country: z.enum(["DE", "FR"]).default("DE"),
        new: z.boolean().default(false),
      })
      .optional(),
    files: uploads("text/csv").optional(),
  });

  test.each<[string, Record<string, string>, Record<string, unknown>]>([
    ["an empty number that may be null takes its default", { price: "" }, {}],
    ["an empty number with another default becomes null", { discount: "" }, { discount: null }],
    ["a decimal stays exact", { price: "9.99" }, { price: 9.99 }],
    ["an option has the type of its literal", { level: "2" }, { level: 2 }],
    ["an unknown option stays as it is", { level: "7" }, { level: "7" }],
    ["ticks become a list", { colours: "", "colours.green": "on" }, { colours: ["green"] }],
    ["no tick is an empty list", { colours: "" }, { colours: [] }],
    ["a form without the field leaves it out", {}, {}],
    ["lines become a list", { names: " Ada \n\nBob" }, { names: ["Ada", "Bob"] }],
    ["an optional list without lines is left out", { names: " \n" }, {}],
    ["lines of numbers become numbers", { sizes: "1\n2.5\nx" }, { sizes: [1, 2.5, "x"] }],
    [
      "a time is read in its zone",
      { due: "2026-07-01T12:00", "due.zone": "Europe/Berlin" },
      { due: "2026-07-01T10:00:00Z" },
    ],
    [
      "a time without a zone is in UTC",
      { due: "2026-07-01T12:00" },
      { due: "2026-07-01T12:00:00Z" },
    ],
    [
      "a time that clocks skip is an hour later",
      { due: "2026-03-29T02:30", "due.zone": "Europe/Berlin" },
      { due: "2026-03-29T01:30:00Z" },
    ],
    [
      "a time with a zone stays as it is",
      { due: "2026-07-01T12:00:00+02:00" },
      { due: "2026-07-01T12:00:00+02:00" },
    ],
    [
      "a local time has no zone",
      { local: "2026-07-01T12:00", "local.zone": "Europe/Berlin" },
      { local: "2026-07-01T12:00:00" },
    ],
    ["no answer is null", { sure: "" }, {}],
    ["no is an answer", { sure: "false" }, { sure: false }],
    ["an object has its fields", { "home.street": "Main St" }, { home: { street: "Main St" } }],
    [
      "an optional object with nothing but defaults is left out",
      { "home.street": "", "home.country": "DE", "home.new": "off" },
      {},
    ],
    [
      "uploads become a list of ids",
      { files: "", "files.a1": "on", "files.b2": "on" },
      { files: ["a1", "b2"] },
    ],
  ])("%s", (_, typed, expected) => {
    expect(parseInput({ input }, pickFormValues({ input }, typed))).toEqual(expected);
  });

  test("is the same after its form was prefilled with it", () => {
    const given = {
      ...{ price: 9.99, discount: null, level: 2, colours: ["green"], names: ["Ada", "Bob"] },
      ...{ sizes: [1, 2], due: "2026-07-01T10:00:00Z", sure: false, files: ["a1", "b2"] },
      home: { street: "Main St", country: "FR", new: true },
    };
    expect(parseInput({ input }, formValuesOf({ input }, given))).toEqual(given);
  });

  test("a tick that was taken away stays away over an earlier input", () => {
    const before = formValuesOf({ input }, { colours: ["red", "green"] });
    const given = { colours: "", "colours.green": "on" };
    expect(parseInput({ input }, mergeFormValues({ input }, before, given))).toEqual({
      colours: ["green"],
    });
  });
});
