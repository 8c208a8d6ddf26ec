import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  parseInput,
  pickFormValues,
  submittedValues,
  withoutFileValues,
} from "../../server/forms/input-values.ts";
import { upload } from "../../server/job.ts";

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
