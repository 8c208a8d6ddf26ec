import { deflateRawSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { previewContacts } from "../../../../jobs/lib/contacts/preview-contacts.ts";
import { openTable } from "../../../../jobs/lib/tables/open-table.ts";
import { TryAgain } from "../../../../server/job.ts";
import { workbook, workbookFiles, zip } from "../../../support/archives.ts";
import { memoryFile } from "../../../support/memory-files.ts";
import { readCells } from "./read-cells.ts";

const name = "contacts.zip";
const people = "email,name\r\nada@x.test,Ada";
const cells = [
  ["email", "name"],
  ["ada@x.test", "Ada"],
];

describe("a ZIP archive", () => {
  test("the one table of an archive is read, beside what systems leave in it", async () => {
    const archive = await zip({
      "Takeout/archive_browser.html": "<html>",
      "Takeout/Contacts/All.csv": people,
      "__MACOSX/Takeout/._All.csv": "x",
      "Takeout/.DS_Store": "x",
    });
    expect(await readCells(archive, { name })).toEqual(cells);
    const { source } = await openTable(memoryFile(archive, name));
    expect(source).toMatchObject({ name: "All.csv", size: people.length });
    const rest: Uint8Array[] = [];
    for await (const chunk of source.read(12)) rest.push(chunk);
    expect(Buffer.concat(rest).toString()).toBe("ada@x.test,Ada");
  });

  test("a workbook in an archive is read", async () => {
    const rows = "<row><c><v>7</v></c></row>";
    const archive = await zip({ "a/people.xlsx": await workbook({ rows }) });
    expect(await readCells(archive, { name })).toEqual([["7"]]);
  });

  test.each<[string, Record<string, string>, string, string]>([
    [
      "several tables",
      { "a.csv": people, "b/b.vcf": "x", "c.txt": "x" },
      "contacts.zip holds 3 tables: a.csv, b.vcf, c.txt",
      "Unpack it and upload them one after another.",
    ],
    [
      "no file",
      {},
      "contacts.zip is an empty ZIP archive, not a spreadsheet or CSV file",
      "with rows",
    ],
    ["an empty file", { "a.csv": "" }, "contacts.zip is empty", "Upload a file with"],
    [
      "a document of Word",
      { "[Content_Types].xml": "x", "word/document.xml": "x" },
      "contacts.zip is a Word document, not a spreadsheet or CSV file",
      "Export the data as CSV",
    ],
    [
      "a spreadsheet of Numbers",
      { "Index/Document.iwa": "x" },
      "contacts.zip is a Numbers spreadsheet, not a spreadsheet or CSV file",
      "Open it in Numbers",
    ],
    [
      "a binary workbook of Excel",
      { "[Content_Types].xml": "x", "xl/workbook.bin": "x" },
      "contacts.zip is a binary Excel workbook, not a spreadsheet or CSV file",
      "choose Save As and then Excel Workbook",
    ],
  ])("an archive with %s is refused with what to do", async (_, files, message, advice) => {
    const source = memoryFile(await zip(files), name);
    await expect(previewContacts(source, {})).rejects.toMatchObject({
      name: "Refused",
      message,
      advice: expect.stringContaining(advice),
    });
  });

  test("an archive in an archive is refused", async () => {
    const archive = await zip({ "inner.zip": await zip({ "a.csv": people }) });
    await expect(readCells(archive, { name })).rejects.toThrow(
      "contacts.zip holds an archive in the archive",
    );
  });
});

/** A ZIP archive with one deflated entry, whose sizes and flags may lie. */
function archiveOf(
  entry: string,
  packed: Buffer,
  { size, flags = 0 }: { size: number; flags?: number },
): Buffer {
  const field = (bytes: number, value: number) => {
    const buffer = Buffer.alloc(bytes);
    buffer.writeUIntLE(value, 0, bytes);
    return buffer;
  };
  const named = Buffer.from(entry);
  const common = [field(2, 20), field(2, flags), field(2, 8), field(4, 0), field(4, 0)];
  const sizes = [field(4, packed.length), field(4, size), field(2, named.length), field(2, 0)];
  const local = Buffer.concat([field(4, 0x04034b50), ...common, ...sizes, named, packed]);
  const rest = [field(2, 0), field(2, 0), field(2, 0), field(4, 0), field(4, 0), named];
  const central = Buffer.concat([field(4, 0x02014b50), field(2, 20), ...common, ...sizes, ...rest]);
  const end = [field(4, 0x06054b50), field(4, 0), field(2, 1), field(2, 1)];
  return Buffer.concat([
    ...[local, central, ...end],
    ...[field(4, central.length), field(4, local.length), field(2, 0)],
  ]);
}

describe("archives that harm", () => {
  test("a file that unpacks to a hundred times its size is refused unread", async () => {
    const packed = deflateRawSync(Buffer.alloc(60_000_000, "a,b\r\n"));
    const archive = archiveOf("a.csv", packed, { size: 60_000_000 });
    await expect(readCells(archive, { name })).rejects.toThrow(
      "contacts.zip unpacks to 60 MB, more than a table holds",
    );
  });

  test("a file that is larger than its archive says is refused", async () => {
    const packed = deflateRawSync(Buffer.alloc(60_000_000, "a,b\r\n"));
    const archive = archiveOf("a.csv", packed, { size: 1_000_000 });
    await expect(readCells(archive, { name })).rejects.toThrow(
      "contacts.zip is damaged or incomplete",
    );
  });

  test("a file with a password is refused", async () => {
    const archive = archiveOf("a.csv", deflateRawSync(people), { size: people.length, flags: 1 });
    await expect(readCells(archive, { name })).rejects.toThrow(
      "contacts.zip is protected by a password",
    );
  });

  test.each([
    ["the end is missing", (bytes: Buffer) => bytes.subarray(0, -30)],
    ["the middle is overwritten", (bytes: Buffer) => Buffer.from(bytes).fill(0xff, 60, 400)],
  ])("an archive of which %s is refused as damaged", async (_, damage) => {
    const text = Array.from({ length: 900 }, (_, at) => `p${at * 7919}@x.test`).join("\n");
    await expect(readCells(damage(await zip({ "a.csv": text })), { name })).rejects.toThrow(
      "contacts.zip is damaged or incomplete",
    );
  });

  test("an error of the storage is not taken for damage of the file", async () => {
    const source = memoryFile(await zip({ "a.csv": people }), name);
    const failing = {
      ...source,
      async *read(from = 0) {
        if (from > 0) throw new TryAgain("The storage is unavailable");
        yield* source.read(from);
      },
    };
    await expect(openTable(failing)).rejects.toThrow("The storage is unavailable");
  });

  test.each([
    ["a cell of 45 MB", `<row><c t="str"><v>${"x".repeat(300)}`, "</v></c></row>"],
    ["a comment of 45 MB", "<!--", "-->"],
    ["an attribute of 45 MB", '<row r="1', '"/>'],
  ])("a workbook with %s is refused in little memory", async (_, start, end) => {
    const files = workbookFiles({ rows: "" });
    const part = "xl/worksheets/sheet1.xml";
    // Stays below the ratio that gives a bomb away.
    const text = Buffer.alloc(45_000_000, "x");
    const [head, tail] = files[part]!.split("</sheetData>");
    const sheet = Buffer.concat([
      Buffer.from(head + start),
      text,
      Buffer.from(`${end}</sheetData>${tail}`),
    ]);
    const archive = await zip({ ...files, [part]: sheet });
    const before = process.memoryUsage().rss;
    await expect(readCells(archive, { name: "people.xlsx" })).rejects.toThrow(
      /people\.xlsx (?:is damaged|has a cell that is longer)/,
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(30_000_000);
  });

  test("a workbook with a document type is refused, because its entities could grow", async () => {
    const files = workbookFiles({ rows: "" });
    const part = "xl/worksheets/sheet1.xml";
    files[part] = files[part]!.replace("<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet');
    await expect(readCells(await zip(files))).rejects.toThrow("people.xlsx is damaged");
  });

  test.each([
    ["columns", '<row><c r="XFE1"><v>1</v></c></row>', "people.xlsx has more than 16,384 columns"],
    ["rows", '<row r="1048577"><c><v>1</v></c></row>', "people.xlsx has more than 1,048,576 rows"],
  ])("a workbook with more %s than Excel has is refused", async (_, rows, message) => {
    await expect(readCells(await workbook({ rows }))).rejects.toThrow(message);
  });
});

describe("compound files", () => {
  /** A compound file whose folder of streams is in its second sector. */
  function compoundFile(stream: string): Buffer {
    const file = Buffer.alloc(3 * 512);
    file.write("d0cf11e0a1b11ae1", "hex");
    file.writeUInt16LE(9, 30);
    file.writeUInt32LE(1, 48);
    file.write(stream, 2 * 512 + 128, "utf16le");
    return file;
  }

  test.each([
    ["Workbook", "people.xls is an old Excel workbook", /choose Save As and then Excel Workbook/],
    ["EncryptedPackage", "people.xls is protected by a password", /Remove the password in Excel/],
  ])("a compound file with the stream %s is refused", async (stream, message, advice) => {
    const file = compoundFile(stream);
    await expect(readCells(file, { name: "people.xls" })).rejects.toMatchObject({
      message,
      advice: expect.stringMatching(advice),
    });
  });
});
