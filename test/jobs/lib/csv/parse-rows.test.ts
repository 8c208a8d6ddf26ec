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
    ["a quote after a blank", 'a, "b"\n', [["a", ' "b"']]],
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

  test("parseRows reports a quote that is still open at the end of the text", () => {
    expect(parseRows('a,b\nc,"d\ne,f\n', comma, true)).toMatchObject({
      rows: [["a", "b"]],
      cut: 4,
      hasOpenQuote: true,
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
