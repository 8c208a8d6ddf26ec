import { expect, test } from "vitest";
import { z } from "zod";
import { jobSearchTerms, searchTerms } from "../../../server/engine/start/search-terms.ts";
import { upload } from "../../../server/job.ts";

test("searchTerms returns each word once in lower case and without accents", () => {
  expect(searchTerms("Zürich_März-2026 (2).csv, zurich")).toEqual([
    "zurich",
    "marz",
    "2026",
    "2",
    "csv",
  ]);
  expect(searchTerms("  – … ")).toEqual([]);
  expect(searchTerms("Привет 東京")).toEqual(["привет", "東京"]);
});

test("searchTerms truncates long words and splits at invalid characters", () => {
  expect(searchTerms("a".repeat(100))).toEqual(["a".repeat(40)]);
  expect(searchTerms("ab\ud800cd\0ef")).toEqual(["ab", "cd", "ef"]);
});

const kind = {
  input: z.object({
    upload_id: upload("text/csv"),
    subject: z.string(),
    password: z.string().meta({ secret: true }),
    pin: z.string().meta({ secret: true }).optional(),
    tags: z.array(z.string()),
    count: z.int().default(5),
    how: z.enum(["skip", "update"]).default("skip"),
    sure: z.boolean(),
    mapping: z.array(z.string()).meta({ columns: [{ name: "email", label: "Email" }] }),
  }),
};

test("jobSearchTerms takes the file name and typed texts but no secrets, choices and ids", () => {
  const input = {
    upload_id: "0198c5d2-7a41-7c3e-9f10-3b5a6c7d8e9f",
    subject: "Winter letter",
    password: "hunter",
    pin: "4711",
    tags: ["north", "south"],
    count: 12,
    how: "update",
    sure: true,
    mapping: ["email"],
  };
  expect(jobSearchTerms(kind, "people.csv", input)).toEqual([
    "people",
    "csv",
    "winter",
    "letter",
    "north",
    "south",
    "12",
  ]);
});

test("jobSearchTerms takes at most thirty words, and without the kind only the file name", () => {
  const subject = Array.from({ length: 50 }, (_, n) => `word${n}`).join(" ");
  expect(jobSearchTerms(kind, "people.csv", { subject })).toHaveLength(30);
  expect(jobSearchTerms(undefined, "people.csv", { subject })).toEqual(["people", "csv"]);
});
