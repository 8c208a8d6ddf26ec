import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { previewBytes, previewNeeds, textPreview } from "../../server/storage/result-preview.ts";

const csv = "text/csv; charset=utf-8";
const previewOf = (content: string | Uint8Array, mediaType = csv, size?: number) => {
  const bytes = Buffer.from(content as string);
  return textPreview({ mediaType, size: size ?? bytes.length, bytes });
};
const five = "a,b\n1,2\n3,4\n";

describe("tables", () => {
  test("the preview of a table has its first rows without quotes and blank lines", () => {
    const text = '\ufeffName;Says\r\n"Ann ""the""; one";"two\nlines"\r\n\r\nBo;\r\n';
    expect(previewOf(text)).toEqual({
      kind: "table",
      header: ["Name", "Says"],
      rows: [
        ['Ann "the"; one', "two\nlines"],
        ["Bo", ""],
      ],
      hiddenColumns: 0,
    });
  });

  test("the preview of a large table has a few rows and columns and counts the hidden columns", () => {
    const row = Array.from({ length: 24 }, (_, n) => `c${n}`).join("\t");
    const table = previewOf(`${row}\n`.repeat(100), "text/tab-separated-values");
    expect(table).toMatchObject({ hiddenColumns: 4 });
    if (table?.kind !== "table") throw new Error("no table");
    expect([table.header.length, table.rows.length]).toEqual([20, 5]);
  });

  test("the preview of a table leaves out a last row that is cut off", () => {
    expect(previewOf(`${five}5,"six`, csv, 1_000)).toMatchObject({
      rows: [
        ["1", "2"],
        ["3", "4"],
      ],
    });
    expect(previewOf(`${five}5,6`)).toMatchObject({
      rows: [
        ["1", "2"],
        ["3", "4"],
        ["5", "6"],
      ],
    });
  });

  test("the preview of a table has its cells as they were written", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", ";", "\n", " ", "é", "\t") });
    const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(rows, (table) => {
        const cellRows = [["x", "y"], ...table];
        const text = cellRows
          .map((cells) => cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(","))
          .join("\r\n");
        const filled = cellRows.filter((cells) => cells.some((each) => each.trim() !== ""));
        const [header, ...rows] = filled;
        expect(previewOf(text)).toEqual({ kind: "table", header, rows, hiddenColumns: 0 });
      }),
    );
  });
});

describe("texts", () => {
  test("the preview of a text has its first lines and truncates long ones", () => {
    const text = Array.from({ length: 30 }, (_, n) => (n === 1 ? "x".repeat(500) : `line ${n}`));
    const shown = previewOf(text.join("\n"), "text/plain");
    if (shown?.kind !== "text") throw new Error("no text");
    const { lines, hasMore } = shown;
    expect([lines.length, lines[0], lines[1]!.length, lines[11]]).toEqual([
      12,
      "line 0",
      200,
      "line 11",
    ]);
    expect(hasMore).toBe(true);
  });

  test.each<[string, Uint8Array]>([
    ["UTF-8 whose last letter is cut in two", Buffer.from("ZoëÖ").subarray(0, 5)],
    ["UTF-16 with a byte order mark", Buffer.from("\ufeffZoë", "utf16le")],
    ["Windows-1252", Buffer.from("Zoë\nÖ…", "latin1")],
  ])("the preview reads a text in %s", (_, bytes) => {
    const expected = { kind: "text", lines: ["Zoë"], hasMore: true };
    expect(previewOf(bytes, "text/plain", 99)).toEqual(expected);
  });

  test("the preview reads a text in the charset of its media type", () => {
    const bytes = Buffer.from([0xe3, 0xee, 0xf0, 0xee, 0xe4]);
    expect(previewOf(bytes, "text/plain; charset=windows-1251", 5)).toEqual({
      ...{ kind: "text", lines: ["город"], hasMore: false },
    });
  });

  test("binary content of a text type has no preview", () => {
    expect(previewOf(Buffer.from([80, 75, 3, 4, 0, 0]), "text/plain")).toBeNull();
  });

  test("the preview never fails on random bytes", () => {
    const types = fc.constantFrom(csv, "text/plain", "application/json");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), types, fc.nat(400), (bytes, type, more) => {
        const shown = textPreview({ mediaType: type, size: bytes.length + more, bytes });
        expect(JSON.stringify(shown).length).toBeLessThan(previewBytes);
      }),
    );
  });
});

test.each<[string, number, string]>([
  ["text/csv", 10, "bytes"],
  ["text/csv", 0, "none"],
  ["application/json; charset=utf-8", 10, "bytes"],
  ["image/png", 10, "image"],
  ["image/png", 20_000_000, "none"],
  ["image/x-icon", 10, "none"],
  ["application/pdf", 10, "none"],
])("the preview of %s with %d bytes needs %s", (mediaType, size, needs) => {
  expect(previewNeeds({ mediaType, size })).toBe(needs);
});
