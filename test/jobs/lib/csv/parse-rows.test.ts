import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import type { Delimiter, Dialect } from "../../../../jobs/lib/csv/format.ts";
import { parseRows } from "../../../../jobs/lib/csv/parse-rows.ts";
import { formatRows } from "../../../../jobs/lib/csv/write-rows.ts";

const comma: Dialect = { delimiter: "," };
const rows = (text: string, dialect = comma) => parseRows(text, dialect, true).rows;

describe("whole texts", () => {
  test.each<[string, string, string[][]]>([
    [
      "unquoted cells",
      "a,b\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "a text without a final line end",
      "a,b\nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "CRLF line ends",
      "a,b\r\nc,d\r\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "CRLF after quotes",
      '"a","b"\r\n"c","d"\r\n',
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "CRLF and LF mixed",
      'a,b\r\nc,d\n"e",f\r\n',
      [
        ["a", "b"],
        ["c", "d"],
        ["e", "f"],
      ],
    ],
    ["a carriage return in a quoted cell", '"a\r\nb\r",c\n', [["a\r\nb\r", "c"]]],
    [
      "quoted newlines and delimiters",
      '"a\nb","c,d"\ne,f\n',
      [
        ["a\nb", "c,d"],
        ["e", "f"],
      ],
    ],
    [
      "doubled quotes",
      '"say ""hi""",""""\n"","""a"""\n',
      [
        ['say "hi"', '"'],
        ["", '"a"'],
      ],
    ],
    ["ragged rows", "a,b,c\nd\ne,f\n", [["a", "b", "c"], ["d"], ["e", "f"]]],
    [
      "empty cells",
      ",,\na,,\n",
      [
        ["", "", ""],
        ["a", "", ""],
      ],
    ],
    ["an empty cell at the very end", 'a,"b",', [["a", "b", ""]]],
    ["empty lines", "a\n\nb\n", [["a"], [""], ["b"]]],
    [
      "a quote inside an unquoted cell",
      'a 5" disk,b\nc,d "e" f\n',
      [
        ['a 5" disk', "b"],
        ["c", 'd "e" f'],
      ],
    ],
    [
      "text after a closing quote",
      '"Acme" Ltd,b\n"c","d"\n',
      [
        ["Acme Ltd", "b"],
        ["c", "d"],
      ],
    ],
    [
      "quotes after a closing quote",
      '"a" "b",c\nd,e\n',
      [
        ['a "b"', "c"],
        ["d", "e"],
      ],
    ],
    ["blanks after a closing quote", '"a" ,"b"\t\n"c"  \r\n', [["a", "b"], ["c"]]],
    ["a quote after a blank", 'a, "b"\n', [["a", "b"]]],
    ["a quote after a blank that is part of a text", 'a, "b" c\n', [["a", ' "b" c']]],
    ["quotes inside of quotes", '"a "b" c",d\n', [['a "b" c', "d"]]],
  ])("parseRows reads %s", (_, text, expected) => {
    expect(rows(text)).toEqual(expected);
  });

  test("parseRows reads CR line ends with an LF in a quoted cell and a late CRLF", () => {
    const dialect: Dialect = { delimiter: ";" };
    expect(rows('a;b\r"c\nd";e\rf;g\r\nh;i\r\n', dialect)).toEqual([
      ["a", "b"],
      ["c\nd", "e"],
      ["f", "g"],
      ["h", "i"],
    ]);
  });
});

describe("unusual texts", () => {
  test.each<[string, string]>([
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CR", "\r"],
    ["CRCRLF", "\r\r\n"],
  ])("parseRows reads rows that end with %s, also where another line end follows", (_, lineEnd) => {
    expect(rows(`a,b${lineEnd}"c",d${lineEnd}e,f\r\ng,h\ni,j`)).toEqual([
      ["a", "b"],
      ["c", "d"],
      ["e", "f"],
      ["g", "h"],
      ["i", "j"],
    ]);
  });

  const table = (length: number) => Array.from({ length }, (_, at) => [`a${at}`, "b", `c${at}`]);
  const wide: Dialect = { delimiter: ",", width: 3 };

  test.each([
    ["is never closed", '3" pipe', '3" pipe'],
    ["begins a cell and is never closed", '"3 inch', '"3 inch'],
  ])("parseRows loses no row to a quote that %s", (_, written, read) => {
    const expected = table(5_000);
    expected[600]![1] = read;
    const text = expected.map((cells, at) => (at === 600 ? `a600,${written},c600` : cells.join()));
    expect(rows(text.join("\n"), wide)).toEqual(expected);
  });

  test("parseRows loses no row between two quotes that begin a cell and are never closed", () => {
    for (const second of [601, 602, 604, 650, 4_900]) {
      const expected = table(5_000);
      for (const at of [600, second]) expected[at]![1] = '"b';
      const text = expected.map((cells) => cells.join()).join("\n");
      const parsed = parseRows(text, wide, true);
      expect(parsed.rows).toEqual(expected);
      expect(parsed.strayQuotes).toContain(600);
    }
  });

  test("parseRows keeps a note of many lines with delimiters in one cell", () => {
    const note = Array.from({ length: 40 }, (_, at) => `Line ${at}, with a comma`).join("\n");
    expect(rows(`a,b,c\n1,"${note}",3\n4,5,6\n`, wide)).toEqual([
      ["a", "b", "c"],
      ["1", note, "3"],
      ["4", "5", "6"],
    ]);
  });

  test("parseRows reads quotes that an editor made typographic", () => {
    const dialect: Dialect = { delimiter: ",", hasTypographicQuotes: true };
    expect(rows("“a, b”,„c“\n“d”,e\n", dialect)).toEqual([
      ["a, b", "c"],
      ["d", "e"],
    ]);
  });

  test("parseRows reads quotes that are escaped by a backslash", () => {
    const dialect: Dialect = { delimiter: ",", escapesQuotes: true };
    expect(rows('"say \\"hi\\", you",b\n"c\\\\",d\n', dialect)).toEqual([
      ['say "hi", you', "b"],
      ["c\\", "d"],
    ]);
  });

  test("parseRows reads lines that are quoted as a whole", () => {
    const dialect: Dialect = { delimiter: ",", hasQuotedLines: true };
    expect(rows('"a,b"\n"""c, d"",e"\n', dialect)).toEqual([
      ["a", "b"],
      ["c, d", "e"],
    ]);
  });
});

describe("pieces of a text", () => {
  test.each<[string, string, { cut: number; hasOpenQuote: boolean; pending: number }]>([
    ["that ends between rows", "a,b\nc,d\n", { cut: 8, hasOpenQuote: false, pending: 0 }],
    ["that ends within an unquoted row", "a,b\nc,def", { cut: 4, hasOpenQuote: false, pending: 3 }],
    [
      "that ends within a quoted cell",
      'a,b\nc,"def\ng',
      { cut: 4, hasOpenQuote: true, pending: 6 },
    ],
    [
      "that ends after half of a possible doubled quote",
      'a,b\nc,"def"',
      { cut: 4, hasOpenQuote: false, pending: 5 },
    ],
  ])("parseRows returns the complete rows of a piece %s", (_, text, expected) => {
    expect(parseRows(text, comma, false)).toMatchObject({
      rows: [["a", "b"], ...(expected.cut > 4 ? [["c", "d"]] : [])],
      ...expected,
    });
  });

  test("parseRows reads a quote that is never closed as a character", () => {
    expect(parseRows('a,b\nc,"d\ne,f\n', comma, true)).toMatchObject({
      rows: [
        ["a", "b"],
        ["c", '"d'],
        ["e", "f"],
      ],
      strayQuotes: [1],
    });
  });
});

test("parseRows reads well-formed text as papaparse does", () => {
  const cell = fc.string({
    unit: fc.constantFrom("a", "ü", "€", " ", ",", ";", '"', "\n", "\r", "'"),
    maxLength: 6,
  });
  const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(table, fc.constantFrom<Delimiter>(",", ";"), (cells, delimiter) => {
      const text = formatRows(cells, { delimiter, escapeFormulas: false });
      const papa = Papa.parse<string[]>(text, { delimiter, newline: "\r\n" }).data.slice(0, -1);
      expect(rows(text, { delimiter })).toEqual(papa);
      expect(papa).toEqual(cells);
    }),
    { numRuns: 500 },
  );
});
