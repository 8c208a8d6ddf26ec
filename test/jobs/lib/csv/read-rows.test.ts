import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CsvFormat, Encoding, FilePosition } from "../../../../jobs/lib/csv/format.ts";
import { type ReadOptions, type RowPiece, readRows } from "../../../../jobs/lib/csv/read-rows.ts";
import { formatRows } from "../../../../jobs/lib/csv/write-rows.ts";
import type { ByteSource } from "../../../../server/job.ts";
import { collect, memoryFile } from "../../../support/memory-files.ts";
import { encode } from "./encode.ts";

const format: CsvFormat = {
  encoding: "utf-8",
  delimiter: ",",
  hasHeader: false,
  start: { byte: 0, row: 0 },
};

async function pieces(
  source: ByteSource,
  how: Partial<CsvFormat> = {},
  options?: ReadOptions,
): Promise<RowPiece[]> {
  return collect(readRows(source, { ...format, ...how }, options));
}

async function rows(
  source: ByteSource,
  how?: Partial<CsvFormat>,
  options?: ReadOptions,
): Promise<string[][]> {
  return (await pieces(source, how, options)).flatMap((piece) => piece.rows);
}

/** Reads rows with their numbers, like a caller who resumes from a cursor. */
async function numbered(source: ByteSource, how: Partial<CsvFormat>, options: ReadOptions) {
  const all = await pieces(source, how, options);
  return all.flatMap((piece) =>
    piece.rows.map((cells, at) => ({ number: piece.numbers[at], cells })),
  );
}

describe("row numbers", () => {
  test("readRows leaves out the header and blank rows but counts them", async () => {
    const source = memoryFile("email,name\n\na@b.de,A\n,\n  , \nc@d.de,C\n\n");
    const [piece, ...more] = await pieces(source, { hasHeader: true });
    expect(more).toEqual([]);
    expect(piece).toEqual({
      rows: [
        ["a@b.de", "A"],
        ["c@d.de", "C"],
      ],
      numbers: [3, 6],
      cursor: { byte: source.size, row: 7 },
      bytesRead: source.size,
      suspects: [],
    });
  });

  test("readRows skips the byte order mark, and the header only at the start of the file", async () => {
    const source = memoryFile("\ufeffemail\na@b.de\nc@d.de\n");
    const how = { hasHeader: true, start: { byte: 3, row: 0 } };
    const all = await pieces(source, how, { pieceBytes: 8 });
    expect(all.flatMap((piece) => piece.rows)).toEqual([["a@b.de"], ["c@d.de"]]);
    expect(all.map((piece) => piece.cursor)).toEqual([
      { byte: 16, row: 2 },
      { byte: 23, row: 3 },
    ]);
    expect(await rows(source, how, { from: { byte: 16, row: 2 } })).toEqual([["c@d.de"]]);
  });

  test("readRows yields nothing for an empty file", async () => {
    expect(await pieces(memoryFile(""))).toEqual([]);
    expect(await pieces(memoryFile("\n\n"))).toEqual([]);
  });
});

describe("resuming", () => {
  const character = fc.constantFrom(
    "a",
    "b",
    "ü",
    "€",
    "😀",
    "\u{10ffff}",
    "\uffee",
    " ",
    ",",
    ";",
    '"',
    "\n",
    "\r",
    "'",
    "\u00a0",
  );
  const cell = fc.string({ unit: character, maxLength: 12 });
  const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 12 });

  test.each<Encoding>(["utf-8", "utf-16le", "utf-16be", "windows-1252"])(
    "readRows yields all %s rows in pieces of any size and resumes at any cursor",
    async (encoding) => {
      await fc.assert(
        fc.asyncProperty(
          table,
          fc.integer({ min: 1, max: 60 }),
          fc.integer({ min: 1, max: 60 }),
          fc.boolean(),
          async (cells, pieceBytes, chunk, unended) => {
            const written =
              encoding === "windows-1252" ? cells.map((row) => row.map(western)) : cells;
            const text = formatRows(written, { escapeFormulas: false });
            const bytes = encode(unended ? text.replace(/\r\n$/, "") : text, encoding);
            const source = memoryFile(bytes, "people.csv", chunk);
            const expected = written
              .map((row, at) => ({ number: at + 1, cells: row }))
              .filter((row) => row.cells.some((value) => value.trim() !== ""));

            const read = await pieces(source, { encoding }, { pieceBytes });
            expect(
              read.flatMap((piece) =>
                piece.rows.map((row, at) => ({ number: piece.numbers[at], cells: row })),
              ),
            ).toEqual(expected);
            for (const { cursor } of read) {
              const rest = await numbered(
                source,
                { encoding },
                { from: cursor, pieceBytes: pieceBytes + 7 },
              );
              expect(rest).toEqual(expected.filter((row) => row.number > cursor.row));
            }
          },
        ),
        { numRuns: 150 },
      );
    },
  );

  function western(text: string): string {
    return text.replace(/[^\0-\xff€]/gu, "ß");
  }

  test("readRows yields the same rows of random bytes in pieces, from cursors and at once", async () => {
    const byte = fc.oneof(
      fc.constantFrom(
        0x22,
        0x2c,
        0x0a,
        0x0d,
        0x61,
        0xc3,
        0xbc,
        0xe2,
        0x82,
        0xac,
        0xf0,
        0x9f,
        0x00,
        0xff,
        0x80,
      ),
      fc.integer({ min: 0, max: 255 }),
    );
    const attempt = async (
      source: ByteSource,
      encoding: Encoding,
      pieceBytes: number,
      from?: FilePosition,
    ) => {
      try {
        return { rows: await numbered(source, { encoding }, { pieceBytes, from }), error: "" };
      } catch (error) {
        return { rows: [], error: String(error) };
      }
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(byte, { maxLength: 80 }),
        fc.constantFrom<Encoding>("utf-8", "utf-16le", "utf-16be", "windows-1252"),
        fc.integer({ min: 1, max: 30 }),
        async (bytes, encoding, pieceBytes) => {
          const source = memoryFile(Uint8Array.from(bytes), "people.csv", 7);
          const whole = await attempt(source, encoding, 1000);
          expect(await attempt(source, encoding, pieceBytes)).toEqual(whole);
          if (whole.error !== "") return;
          for (const { cursor } of await pieces(source, { encoding }, { pieceBytes })) {
            const rest = await attempt(source, encoding, 1000, cursor);
            expect(rest.rows).toEqual(whole.rows.filter((row) => row.number! > cursor.row));
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("damaged encodings", () => {
  test("readRows reads only the cells that are invalid UTF-8 as Windows-1252", async () => {
    const line = Buffer.concat([
      Buffer.from("Müller,"),
      Buffer.from([0x4a, 0xf6, 0x72, 0x67]),
      Buffer.from(",€\n"),
    ]);
    for (const pieceBytes of [1, 5, 9, 1000])
      expect(await rows(memoryFile(line), {}, { pieceBytes })).toEqual([["Müller", "Jörg", "€"]]);
  });

  test("readRows reads a character that the end of the file cuts in two", async () => {
    expect(await rows(memoryFile(Buffer.from("a,ü").subarray(0, 3)))).toEqual([["a", "Ã"]]);
  });

  test("readRows ignores half a code unit at the end of UTF-16", async () => {
    const bytes = encode("a,b\nc,d", "utf-16le");
    const source = memoryFile(Buffer.concat([bytes, Buffer.from([0x41])]));
    const read = await pieces(source, { encoding: "utf-16le" });
    expect(read.map((piece) => piece.rows)).toEqual([[["a", "b"]], [["c", "d"]]]);
    expect(read.at(-1)?.bytesRead).toBe(source.size);
  });

  test("readRows removes NUL, the end mark of DOS and byte order marks within the file", async () => {
    const source = memoryFile("a\0\0,b\n\ufeffc,d\n\x1a");
    expect(await rows(source)).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  });
});

describe("limits", () => {
  const long = "x".repeat(10_000_000);

  test.each([
    ["quoted", `a,b\nc,"${long}"\nd,e\n`],
    ["not quoted", `a,b\nc,${long}\nd,e\n`],
    ["quoted, at the end of the file", `a,b\nc,"${long}"`],
    ["quoted and of many lines", `a,b\nc,"${"x\n".repeat(5_000_000)}"\nd,e\n`],
  ])("readRows refuses a cell of 10 MB that is %s", async (_, text) => {
    await expect(rows(memoryFile(text))).rejects.toMatchObject({
      name: "Refused",
      message: "Row 2: a cell is longer than 1 MB",
    });
  });

  test("readRows stops reading at a cell that is too long", async () => {
    let bytesRead = 0;
    const endless: ByteSource = {
      name: "people.csv",
      size: Number.MAX_SAFE_INTEGER,
      async *read() {
        const chunk = Buffer.alloc(100_000, "x");
        for (;;) {
          bytesRead += chunk.length;
          yield chunk;
        }
      },
    };
    await expect(rows(endless)).rejects.toThrow("Row 1: a cell is longer than 1 MB");
    expect(bytesRead).toBeLessThan(4_000_000);
  });

  test("readRows refuses a cell that is one character too long", async () => {
    await expect(rows(memoryFile("a,b\nc,12345678901\n"), {}, { maxCell: 10 })).rejects.toThrow(
      "Row 2: a cell is longer than 10 characters",
    );
    expect(await rows(memoryFile("a,b\nc,1234567890\n"), {}, { maxCell: 10 })).toHaveLength(2);
  });

  test("readRows refuses a row that is longer than 16 MB", async () => {
    await expect(rows(memoryFile("a,".repeat(10_000_000)))).rejects.toThrow(
      "Row 1: it is longer than 16 MB",
    );
  });

  test("readRows reads a quote that is never closed as a character and tells in which row", async () => {
    const read = await pieces(memoryFile(`a,b\nc,"${"d,e\n".repeat(5)}`));
    expect(read.flatMap((piece) => piece.rows)).toHaveLength(6);
    expect(read.flatMap((piece) => piece.suspects)).toEqual([{ row: 2, problem: "stray-quote" }]);
  });

  test("readRows refuses a quote that is never closed before a long rest that is no table", async () => {
    const read: string[][] = [];
    const reading = async () => {
      const source = memoryFile(`a,b\nc,"${"d,e\n".repeat(1_000_000)}`);
      for await (const piece of readRows(source, format)) read.push(...piece.rows);
    };
    await expect(reading()).rejects.toMatchObject({
      name: "Refused",
      message: "Row 2: a quote is opened and never closed",
    });
    expect(read).toEqual([["a", "b"]]);
  });
});

test.each<[string, string]>([
  ["stops early", "a@x.test\n".repeat(1_000)],
  ["gets an error", `a@x.test\n${"x".repeat(900)}`],
])("readRows closes the file when its reader %s", async (_, content) => {
  const file = memoryFile(content, "people.csv", 100);
  let open = 0;
  const watched: ByteSource = {
    ...file,
    async *read(from) {
      open++;
      try {
        yield* file.read(from);
      } finally {
        open--;
      }
    },
  };
  const format: CsvFormat = {
    encoding: "utf-8",
    delimiter: ",",
    hasHeader: false,
    start: { byte: 0, row: 0 },
  };
  const read = async () => {
    for await (const piece of readRows(watched, format, { pieceBytes: 200, maxCell: 500 })) {
      expect(piece.rows.length).toBeGreaterThan(0);
      if (content.length > 1_000) break;
    }
  };
  await read().catch((error: Error) => expect(error.message).toContain("longer than"));
  expect(open).toBe(0);
});
