import { describe, expect, test } from "vitest";
import { openContacts } from "../../../../jobs/lib/contacts/contacts-file.ts";
import { previewContacts } from "../../../../jobs/lib/contacts/preview-contacts.ts";
import { memoryFile } from "../../../support/memory-files.ts";
import { encode } from "../csv/encode.ts";

const sizeOf = async (text: string) => (await previewContacts(memoryFile(text), {})).size;

test("the preview counts the rows of a small file with or without a final line end", async () => {
  expect(await sizeOf("email,name\na@b.co,Ann\nc@d.co,Bo\n")).toBe("2 rows");
  expect(await sizeOf("email,name\na@b.co,Ann\nc@d.co,Bo")).toBe("2 rows");
  expect(await sizeOf("email\na@b.co")).toBe("1 row");
});

test("the preview estimates the rows of a large file", async () => {
  const rows = Array.from({ length: 300_000 }, (_, at) => `p${100_000 + at}@example.com,Ann\n`);
  expect(await sizeOf(`email,name\n${rows.join("")}`)).toBe("about 300,000 rows");
});

describe("a mapping chosen for the preview fits the whole file, whose later rows have more columns", () => {
  async function previewAndJob(text: string) {
    const file = memoryFile(text);
    const { columns } = await previewContacts(file, {});
    const headers = columns.map(({ header }) => header);
    const whole = await openContacts(file, {});
    expect(whole.inspection.header.slice(0, headers.length)).toEqual(headers);
    return { headers, more: whole.inspection.header.slice(headers.length) };
  }

  test("in NDJSON", async () => {
    const early = { email: "a@x.test", custom_fields: { City: "Graz" } };
    const late = { email: "b@x.test", company: "Acme", custom_fields: { Zip: "8010" } };
    const line = `${JSON.stringify(early)}\n`;
    const { headers, more } = await previewAndJob(line.repeat(20_000) + JSON.stringify(late));
    expect(headers).toEqual(["email", "City"]);
    expect(more).toEqual(["company", "Zip"]);
  });

  test("in an address book, which has its usual columns from the beginning", async () => {
    const card = (...lines: string[]) =>
      ["BEGIN:VCARD", "N:King;Ada;;;", ...lines, "END:VCARD", ""].join("\r\n");
    const text = card("NOTE:Met in Graz").repeat(20_000) + card("EMAIL:a@x.test", "TITLE:Dr");
    const { headers, more } = await previewAndJob(text);
    expect(headers).toEqual(["Email", "First name", "Last name", "Company", "Phone", "Note"]);
    expect(more).toEqual(["Title"]);
  });
});

describe("letters that cannot be read", () => {
  const warningsOf = async (content: string | Uint8Array, values = {}) =>
    (await previewContacts(memoryFile(content), values)).warnings;

  test("the preview names the rows of a small file, wherever they are", async () => {
    const rows = Array.from({ length: 40_000 }, (_, at) => `p${at}@x.test,Zoë ${at}`);
    rows[39_000] = "z@x.test,Zo\ufffd";
    rows[39_500] = "z@x.test,Zo\ufffd";
    expect(await warningsOf(`email,name\n${rows.join("\n")}`)).toEqual([
      "Rows 39,002, 39,502 have letters that can’t be read as UTF-8. If names look wrong below, choose another encoding.",
    ]);
  });

  test("the preview names the rows that a chosen encoding cannot read", async () => {
    const file = encode("email,name\na@x.test,Zoë\nb@x.test,Łukasz\n", "windows-1250");
    expect(await warningsOf(file)).toEqual([]);
    expect(await warningsOf(file, { encoding: "shift_jis" })).toEqual([
      expect.stringMatching(/^Rows? .* can’t be read as Shift-JIS, Japanese/),
    ]);
  });

  test("the preview names only the first rows of a large file", async () => {
    const rows = Array.from({ length: 400_000 }, (_, at) => `p${at}@x.test,Zo\ufffd`);
    expect(await warningsOf(`email,name\n${rows.join("\n")}`)).toEqual([
      expect.stringMatching(/^Rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 … have letters/),
    ]);
  });
});
