/** Random tables, written in each encoding, delimiter, line end, quoting and beginning, come back. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DelimiterName,
  delimiters,
  type Encoding,
  encodingNames,
} from "../../../../jobs/lib/csv/format.ts";
import { inspectCsv } from "../../../../jobs/lib/csv/inspect.ts";
import { readRows } from "../../../../jobs/lib/csv/read-rows.ts";
import { collect, memoryFile } from "../../../support/memory-files.ts";
import { encode } from "./encode.ts";

/** Letters beyond ASCII that each encoding has. */
const letters: Record<Encoding, string> = {
  "utf-8": "äöüßéñżłйжテ漢字한글",
  "utf-16le": "äöüßéñżłйжテ漢字한글",
  "utf-16be": "äöüßéñżłйжテ漢字한글",
  "windows-1252": "äöüßéñçœ€",
  "windows-1250": "áčďěňřšžłż",
  "windows-1251": "абвгдежзийклмн",
  "windows-1253": "αβγδεζηθ",
  "windows-1254": "çğıöşü",
  "windows-1255": "אבגדה",
  "windows-1256": "ابتثج",
  "windows-1257": "ąčęėįšųū",
  "iso-8859-2": "áčďěňřšžłż",
  macintosh: "äöüßéñç",
  "x-mac-ce": "áčďěňřšžłż",
  "x-mac-cyrillic": "абвгдежз",
  cp850: "äöüßéñç",
  cp437: "äöüßéñç",
  cp852: "áčďěňřšž",
  ibm866: "абвгдежз",
  "koi8-r": "абвгдежз",
  shift_jis: "ソ表能予漢字テスト名前",
  "euc-jp": "ソ表能予漢字テスト名前",
  gb18030: "张伟李娜公司名称",
  big5: "許功蓋張偉公司",
  "euc-kr": "김민수회사이름",
};
const lineEnds = ["\n", "\r\n", "\r", "\r\r\n"];
const header = ["email", "first name", "company"];
const countKnownNames = (cells: readonly string[]) =>
  cells.filter((cell) => header.includes(cell)).length;

interface Writing {
  delimiter: DelimiterName;
  lineEnd: string;
  quotesAll: boolean;
  beginning: "none" | "sep" | "notes";
  emptyColumns: number;
}

const writing: fc.Arbitrary<Writing> = fc.record({
  delimiter: fc.constantFrom(...(Object.keys(delimiters) as DelimiterName[])),
  lineEnd: fc.constantFrom(...lineEnds),
  quotesAll: fc.boolean(),
  beginning: fc.constantFrom("none", "sep", "notes"),
  emptyColumns: fc.constantFrom(0, 0, 3),
});

function write(table: readonly string[][], how: Writing): string {
  const delimiter = delimiters[how.delimiter];
  const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  const needsQuotes = (cell: string) => /["\r\n]/.test(cell) || cell.includes(delimiter);
  const line = (cells: readonly string[]) =>
    cells.map((cell) => (how.quotesAll || needsQuotes(cell) ? quote(cell) : cell)).join(delimiter) +
    delimiter.repeat(how.emptyColumns);
  const beginning = {
    none: [],
    sep: [`sep=${delimiter}`],
    notes: ["Contacts of our shop", "", "Exported on Monday"],
  }[how.beginning];
  return [...beginning, ...[header, ...table].map(line)].join(how.lineEnd) + how.lineEnd;
}

function tableOf(encoding: Encoding): fc.Arbitrary<string[][]> {
  const character = fc.constantFrom(...letters[encoding], ..."abc 019");
  const word = fc.string({ unit: character, minLength: 1, maxLength: 8 });
  const special = fc.constantFrom('a "quoted" word', "two\nlines", ...Object.values(delimiters));
  const cell = fc.oneof({ weight: 8, arbitrary: word }, { weight: 1, arbitrary: special });
  return fc
    .array(fc.tuple(word, cell), { minLength: 3, maxLength: 20 })
    .map((people) => people.map(([name, company], at) => [`p${at}@x.test`, name, company]));
}

describe.each(Object.keys(encodingNames) as Encoding[])("a table in %s", (encoding) => {
  test("comes back cell by cell, however it was written", async () => {
    await fc.assert(
      fc.asyncProperty(
        tableOf(encoding),
        writing,
        fc.integer({ min: 8, max: 5_000 }),
        async (table, how, pieceBytes) => {
          const source = memoryFile(encode(write(table, how), encoding));
          const delimiter = delimiters[how.delimiter];
          const inspection = await inspectCsv(source, { encoding, delimiter, countKnownNames });
          expect(inspection.header).toEqual(header);
          const pieces = await collect(readRows(source, inspection, { pieceBytes }));
          const read = pieces.flatMap(({ rows }) => rows.map((cells) => cells.slice(0, 3)));
          expect(read).toEqual(table);
        },
      ),
      { numRuns: 60, seed: 20_261_126 },
    );
  });
});

test("the delimiter of a table is detected, however it was written", async () => {
  await fc.assert(
    fc.asyncProperty(tableOf("windows-1252"), writing, async (table, how) => {
      const source = memoryFile(encode(write(table, how), "utf-8"));
      const inspection = await inspectCsv(source, { countKnownNames });
      expect(inspection).toMatchObject({ delimiter: delimiters[how.delimiter], header });
    }),
    { numRuns: 300, seed: 20_261_126 },
  );
});
