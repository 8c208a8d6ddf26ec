import { describe, expect, test } from "vitest";
import { openContacts } from "../../../../jobs/lib/contacts/contacts-file.ts";
import { memoryFile } from "../../../support/memory-files.ts";
import { readCells } from "./read-cells.ts";

const lines = (...objects: unknown[]) =>
  objects.map((each) => `${JSON.stringify(each)}\n`).join("");

describe("an NDJSON file", () => {
  test("has a row for each object and a column for each key of any of them", async () => {
    const file = lines(
      { email: "a@x.test", tags: ["VIP", "Press"], age: 41, custom_fields: { City: "Graz" } },
      { email: "b@x.test", is_new: true, company: null, custom_fields: { Zip: "01067" } },
    );
    expect(await readCells(Buffer.from(file), { name: "contacts.ndjson" })).toEqual([
      ["email", "tags", "age", "is_new", "company", "City", "Zip"],
      ["a@x.test", "VIP; Press", "41", "", "", "Graz", ""],
      ["b@x.test", "", "", "true", "", "", "01067"],
    ]);
  });

  test("may begin with a byte order mark, have blank lines and end without a line end", async () => {
    const file = `\ufeff{"email":"ä@x.test"}\r\n\r\n{"email":"b@x.test"}`;
    expect(await readCells(Buffer.from(file), { name: "contacts.jsonl" })).toEqual([
      ["email"],
      ["ä@x.test"],
      [""],
      ["b@x.test"],
    ]);
  });

  test("keeps a field of its own apart from a custom field of the same name", async () => {
    const file = lines({
      custom_fields: { company: "Old Ltd" },
      company: "New Ltd",
      email: "a@x.test",
    });
    const [header, row] = await readCells(Buffer.from(file), { name: "contacts.ndjson" });
    expect(header).toEqual(["company", "email", "company"]);
    expect(row).toEqual(["New Ltd", "a@x.test", "Old Ltd"]);
  });

  test("is refused with the number of a line that is no object", async () => {
    const file = memoryFile('{"email":"a@x.test"}\n{"email":"b@x.test"\n', "contacts.ndjson");
    await expect(openContacts(file, {})).rejects.toThrow(
      "Line 2 of contacts.ndjson is not a JSON object",
    );
  });

  test.each([
    ["objects", '{"a":', "}"],
    ["lists", "[", "]"],
  ])("is refused if it nests %s deeper than a program can read", async (_, open, close) => {
    const deep = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
    const file = memoryFile(`{"email":"a@x.test","deep":${deep}}\n`, "contacts.ndjson");
    const refused = {
      name: "Refused",
      message: "contacts.ndjson has values that are nested too deeply",
    };
    await expect(openContacts(file, {})).rejects.toMatchObject(refused);
  });

  test.each([
    ["an array", '[{"email":"a@x.test"}]'],
    ["one object over several lines", '{\n  "email": "a@x.test"\n}\n'],
    ["an object without an email", '{"contacts":[]}\n'],
  ])("is not taken for %s, which is refused as JSON", async (_, text) => {
    await expect(openContacts(memoryFile(text, "c.json"), {})).rejects.toThrow("is a JSON file");
  });
});
