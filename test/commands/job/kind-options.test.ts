import { describe, expect, test } from "vitest";
import { z } from "zod";
import contactImport from "../../../jobs/contact_import.ts";
import countdown from "../../../jobs/countdown.ts";
import { kindHelp, overview } from "../../../server/commands/job/kind-help.ts";
import { readKindOptions } from "../../../server/commands/job/kind-options.ts";
import { parseInput } from "../../../server/forms/input-values.ts";
import { defineJob, type Kind, upload } from "../../../server/job.ts";

const kind = defineJob({
  title: "Everything",
  description: "Has a field of each type.",
  input: z.object({
    file: upload("text/csv"),
    start_row: z.number().int().default(1).meta({ help: "The first row that is read." }),
    header_row: z.boolean().default(true),
    paper: z.enum(["white", "grey"]).default("white").meta({ label: "Paper" }),
    fields: z.array(z.string()).optional().meta({ ordered: true }),
    mapping: z
      .record(z.string(), z.string())
      .optional()
      .meta({ columns: [{ name: "email", label: "Email" }] }),
    colours: z.array(z.enum(["red", "blue"])).optional(),
    lines: z.array(z.number()).optional(),
    address: z.object({ street: z.string() }).optional(),
    key: z.string().optional().meta({ hidden: true }),
  }),
  steps: { Doing: 1 },
  run: async () => ({ message: "" }),
});
const read = (...args: string[]) => readKindOptions("everything", kind, args);

describe("the options of a kind", () => {
  test("they become the values that its form would send", () => {
    const { values, files } = read(
      ...["people.csv", "--start-row", "3", "--no-header-row", "--paper=grey"],
      ...["--fields", "email", "--fields", "tags", "--mapping", "0=email", "--mapping=others="],
      ...["--colours", "red", "--colours", "blue", "--lines", "4", "--lines=2.5"],
      ...["--address.street", "High Street"],
    );
    expect(files).toEqual([{ field: "file", path: "people.csv" }]);
    expect(parseInput(kind, { ...values, file: "id" })).toEqual({
      ...{ file: "id", start_row: 3, header_row: false, paper: "grey" },
      fields: ["email", "tags"],
      mapping: { 0: "email", others: "" },
      ...{ colours: ["red", "blue"], lines: [4, 2.5], address: { street: "High Street" } },
    });
    expect(read("--file", "a.csv", "--header_row").values).toEqual({ header_row: "on" });
  });

  test("an unknown option, a missing value and a file too many are named", () => {
    expect(() => read("--start-rwo", "3")).toThrow("Unknown option '--start-rwo'. See npm run job");
    expect(() => read("--paper")).toThrow("'--paper");
    expect(() => read("--mapping", "email")).toThrow("Write --mapping COLUMN=FIELD, not email");
    expect(() => read("a.csv", "b.csv")).toThrow("everything takes no other file: b.csv");
    expect(() => readKindOptions("countdown", countdown, ["3"])).toThrow("takes no file: 3");
  });

  test("the help lists each option with its help, its default and its choices", () => {
    const help = kindHelp("everything", kind as unknown as Kind);
    expect(help).toContain("Usage: npm run job -- everything FILE [options]\n");
    expect(help).toMatch(
      /--start-row NUMBER +Start row: default 1\. The first row that is\n +read\./,
    );
    expect(help).toMatch(/--header-row, --no-header-row +Header row\./);
    expect(help).toMatch(/--paper VALUE +Paper: white \(default\), grey\./);
    expect(help).toMatch(/FILE +File: text\/csv, required\./);
    expect(help).not.toContain("--key");
    expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(kindHelp("contact_import", contactImport as unknown as Kind)).toContain("--duplicates");
    const kinds = new Map([["countdown", countdown as unknown as Kind]]);
    expect(overview(kinds)).toMatch(/countdown +Count down from a number/);
  });
});
