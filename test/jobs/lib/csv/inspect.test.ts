import { describe, expect, test } from "vitest";
import type { Encoding } from "../../../../jobs/lib/csv/format.ts";
import { inspectCsv } from "../../../../jobs/lib/csv/inspect.ts";
import { readRows } from "../../../../jobs/lib/csv/read-rows.ts";
import type { ByteSource } from "../../../../server/job.ts";
import { collect, memoryFile } from "../../../support/memory-files.ts";
import { encode } from "./encode.ts";

async function readAllRows(source: ByteSource): Promise<string[][]> {
  const pieces = await collect(readRows(source, await inspectCsv(source)));
  return pieces.flatMap((piece) => piece.rows);
}

test("inspectCsv returns the format, the header and a sample", async () => {
  const source = memoryFile("\ufeffE-Mail;Name;\r\na@b.de;Jörg;x\r\nc@d.de;Änne\r\n");
  expect(await inspectCsv(source, { rows: 1 })).toEqual({
    encoding: "utf-8",
    delimiter: ";",
    width: 3,
    hasHeader: true,
    start: { byte: 3, row: 0 },
    header: ["E-Mail", "Name", "Column 3"],
    headerCells: 3,
    sample: [["a@b.de", "Jörg", "x"]],
  });
  expect(await readAllRows(source)).toEqual([
    ["a@b.de", "Jörg", "x"],
    ["c@d.de", "Änne"],
  ]);
});

test.each<Encoding>(["utf-8", "utf-16le", "utf-16be", "windows-1252"])(
  "inspectCsv reads a file in %s",
  async (encoding) => {
    const text = "Vorname\tMail\nJörg\tj@b.de\nRené €\tr@b.de\n";
    const source = memoryFile(encode(text, encoding), "people.csv", 3);
    expect(await inspectCsv(source)).toMatchObject({
      encoding,
      delimiter: "\t",
      header: ["Vorname", "Mail"],
      sample: [
        ["Jörg", "j@b.de"],
        ["René €", "r@b.de"],
      ],
    });
  },
);

test.each<Encoding>(["utf-8", "utf-16le"])(
  "inspectCsv obeys Excel's sep= line in %s with a byte order mark",
  async (encoding) => {
    const source = memoryFile(encode("\ufeffsep=|\r\nmail|a,b\r\na@b.de|1,2\r\n", encoding));
    expect(await inspectCsv(source)).toMatchObject({ delimiter: "|", header: ["mail", "a,b"] });
    const [piece] = await collect(readRows(source, await inspectCsv(source)));
    expect(piece).toMatchObject({ rows: [["a@b.de", "1,2"]], numbers: [3] });
  },
);

test("inspectCsv numbers the columns of a file without a header unless the caller says that it has one", async () => {
  const source = memoryFile("a@b.de,Anna\nc@d.de,Bert,x\n");
  expect(await inspectCsv(source)).toMatchObject({
    hasHeader: false,
    header: ["Column 1", "Column 2", "Column 3"],
    sample: [
      ["a@b.de", "Anna"],
      ["c@d.de", "Bert", "x"],
    ],
  });
  expect(await inspectCsv(source, { hasHeader: true })).toMatchObject({
    hasHeader: true,
    header: ["a@b.de", "Anna", "Column 3"],
    sample: [["c@d.de", "Bert", "x"]],
  });
});

test("inspectCsv stops reading a file without end, which has no letters beyond ASCII", async () => {
  let bytesRead = 0;
  const source: ByteSource = {
    name: "people.csv",
    size: Number.MAX_SAFE_INTEGER,
    async *read(from = 0) {
      if (from === 0) yield Buffer.from("email\n");
      const chunk = Buffer.from("anna@example.com\n".repeat(1000));
      for (;;) {
        bytesRead += chunk.length;
        yield chunk;
      }
    },
  };
  expect((await inspectCsv(source)).sample).toHaveLength(5);
  // The encoding is detected by letters beyond ASCII, wherever they are.
  expect(bytesRead).toBeLessThan(70_000_000);
});

test("readRows reads an umlaut in Windows-1252 far behind a sample in ASCII", async () => {
  const start = Buffer.from(`email,name\n${"a@b.de,Anna\n".repeat(30_000)}`);
  const source = memoryFile(Buffer.concat([start, encode("j@b.de,Jörg\n", "windows-1252")]));
  expect((await inspectCsv(source)).encoding).toBe("windows-1252");
  expect((await readAllRows(source)).at(-1)).toEqual(["j@b.de", "Jörg"]);
});

test("inspectCsv truncates long names and cells that readRows reads whole", async () => {
  const source = memoryFile(`email,${"n".repeat(300)}\na@b.de,${"1".repeat(900_000)}x\n`);
  const { header, sample } = await inspectCsv(source);
  expect(header[1]).toBe(`${"n".repeat(199)}…`);
  expect(sample[0]![1]).toBe(`${"1".repeat(199)}…`);
  expect((await readAllRows(source))[0]![1]).toHaveLength(900_001);
});

describe("refused files", () => {
  test.each<[string, string | Buffer, string]>([
    ["an empty file", "", "people.csv is empty"],
    ["a byte order mark alone", "\ufeff", "people.csv is empty"],
    ["blank lines", "\n \r\n\n", "people.csv is empty"],
    ["delimiters alone", ";;\n;;\n", "people.csv is empty"],
    ["a header only", "email,name\n", "people.csv has a header but no rows"],
    ["a header and blank rows", "email,name\r\n\r\n,\r\n", "people.csv has a header but no rows"],
    [
      "a PNG image",
      Buffer.from("\x89PNG\r\n\x1a\n\0\0\0", "latin1"),
      "people.csv is a PNG image, not a spreadsheet or CSV file",
    ],
    [
      "a cell of 10 MB",
      `email,note\na@b.de,"${"x".repeat(10_000_000)}"\n`,
      "Row 2: a cell is longer than 1 MB",
    ],
  ])("inspectCsv refuses %s", async (_, content, message) => {
    await expect(inspectCsv(memoryFile(content))).rejects.toMatchObject({
      name: "Refused",
      message,
      advice: expect.stringMatching(/\w/),
    });
  });
});
