import { describe, expect, test } from "vitest";
import { completeUtf8Length, detectEncoding } from "../../../../jobs/lib/csv/detect-encoding.ts";
import { memoryFile } from "../../../support/memory-files.ts";
import { encode } from "./encode.ts";

const text = "name;stadt\nJörg Müller;Köln\nRenée;Orléans\n";
const detect = (bytes: Uint8Array) => detectEncoding(memoryFile(bytes), bytes);

describe("text files", () => {
  test.each([
    ["ASCII", Buffer.from("a,b\n1,2\n"), "utf-8", 0],
    ["UTF-8", Buffer.from(text), "utf-8", 0],
    ["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`), "utf-8", 3],
    ["UTF-16 LE with a byte order mark", encode(`\ufeff${text}`, "utf-16le"), "utf-16le", 2],
    ["UTF-16 BE with a byte order mark", encode(`\ufeff${text}`, "utf-16be"), "utf-16be", 2],
    ["UTF-16 LE without a byte order mark", encode(text, "utf-16le"), "utf-16le", 0],
    ["UTF-16 BE without a byte order mark", encode(text, "utf-16be"), "utf-16be", 0],
    ["Windows-1252", encode(`${text}€`, "windows-1252"), "windows-1252", 0],
    ["Greek in UTF-8", Buffer.from("όνομα,πόλη\nΆννα,Αθήνα\n"), "utf-8", 0],
    ["UTF-8 with a single NUL", Buffer.from(`${text.repeat(20)}\0`), "utf-8", 0],
  ])("detectEncoding recognises %s", async (_, bytes, encoding, bom) => {
    expect(await detect(bytes)).toEqual({ encoding, bom });
  });

  test("detectEncoding recognises UTF-8 in a sample that ends within a character", async () => {
    const bytes = Buffer.from("äö€😀");
    for (let end = 1; end <= bytes.length; end++)
      expect((await detect(bytes.subarray(0, end))).encoding).toBe("utf-8");
  });

  test("detectEncoding recognises UTF-8 in spite of one damaged character", async () => {
    const bytes = Buffer.concat([
      Buffer.from(text.repeat(10)),
      Buffer.from([0xfc]),
      Buffer.from(text),
    ]);
    expect((await detect(bytes)).encoding).toBe("utf-8");
  });
});

test("completeUtf8Length leaves out an incomplete last character", () => {
  const bytes = Buffer.from("a€");
  expect([4, 3, 2, 1, 0].map((end) => completeUtf8Length(bytes.subarray(0, end)))).toEqual([
    4, 1, 1, 1, 0,
  ]);
  expect(completeUtf8Length(Buffer.from([0x80, 0x80, 0x80, 0x80]))).toBe(4);
});

describe("files that are not text", () => {
  test.each([
    ["a PNG image", Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1")],
    ["a JPEG image", Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
    ["a PDF document", Buffer.from("%PDF-1.7\n%")],
    ["a gzip archive", Buffer.from([0x1f, 0x8b, 8])],
    ["a SQLite database", Buffer.from("SQLite format 3\0")],
    ["a web page", Buffer.from("\ufeff\n<!DOCTYPE html><html>")],
    ["an XML file", Buffer.from('<?xml version="1.0"?>')],
    ["a JSON file", Buffer.from('[{"email":"a@b.de"}]')],
    ["a JSON file", Buffer.from('{ "contacts": [] }')],
  ])("detectEncoding refuses %s and names it", async (is, bytes) => {
    await expect(detect(bytes)).rejects.toThrow(
      expect.objectContaining({
        name: "Refused",
        message: `people.csv is ${is}, not a spreadsheet or CSV file`,
        advice: expect.stringMatching(/upload/),
      }),
    );
  });

  test("detectEncoding refuses bytes of an unknown format", async () => {
    const bytes = Uint8Array.from(
      { length: 4000 },
      (_, at) => ((at * 7919 + (at >> 3) * 31) % 251) >> (at % 3),
    );
    await expect(detect(bytes)).rejects.toThrow("people.csv is not a text file");
  });
});
