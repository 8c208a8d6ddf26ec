import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeFormula, unescapeFormula } from "../../../../jobs/lib/csv/formulas.ts";
import { inspectCsv } from "../../../../jobs/lib/csv/inspect.ts";
import { readRows } from "../../../../jobs/lib/csv/read-rows.ts";
import { BYTE_ORDER_MARK, formatRow, formatRows } from "../../../../jobs/lib/csv/write-rows.ts";
import { collect, memoryFile } from "../../../support/memory-files.ts";

describe("formatRow", () => {
  test.each<[Parameters<typeof formatRow>[0], string]>([
    [["a", "b"], "a,b\r\n"],
    [["a", null, undefined, ""], "a,,,\r\n"],
    [[1, -2.5], "1,-2.5\r\n"],
    [['say "hi"', "a,b", "a\nb", "a\rb"], '"say ""hi""","a,b","a\nb","a\rb"\r\n'],
    [["a;b", "a\tb", "a|b"], '"a;b","a\tb","a|b"\r\n'],
    [[""], '""\r\n'],
    [["=1+1", "@SUM(A1)"], "'=1+1,'@SUM(A1)\r\n"],
  ])("formatRow formats %j", (cells, line) => {
    expect(formatRow(cells)).toBe(line);
  });

  test("formatRow obeys another delimiter and leaves formulas unescaped on request", () => {
    expect(formatRow(["a,b", "=c"], { delimiter: ";", escapeFormulas: false })).toBe(
      '"a,b";=c\r\n',
    );
  });
});

test("formatRows writes the same text as csv-stringify", () => {
  const cell = fc.string({
    unit: fc.constantFrom("a", "ü", " ", ",", '"', "\n", "\r", "-"),
    maxLength: 6,
  });
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 }),
      (rows) => {
        const theirs = stringify(rows, { record_delimiter: "windows", quoted_match: /[\r\n]/ });
        expect(formatRows(rows, { escapeFormulas: false })).toBe(theirs);
      },
    ),
  );
});

describe("formulas", () => {
  test.each([
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "+1-800-555",
    "+49 (170) 1",
    "-A1",
    "+",
    "-",
  ])("escapeFormula puts an apostrophe before %j that unescapeFormula removes", (cell) => {
    expect(escapeFormula(cell)).toBe(`'${cell}`);
    expect(unescapeFormula(`'${cell}`)).toBe(cell);
  });

  test.each([
    "-12.5",
    "+4917012345678",
    "+49 170 1234567",
    "-1,234.50",
    "a=b",
    "O'Neil",
    "'quoted'",
    "'-5",
    "",
    "12",
  ])("escapeFormula and unescapeFormula leave %j unchanged", (cell) => {
    expect(escapeFormula(cell)).toBe(cell);
    expect(unescapeFormula(cell)).toBe(cell);
  });

  test("unescapeFormula restores any cell, and no escaped cell begins a formula", () => {
    const cell = fc.string({
      unit: fc.constantFrom("'", "=", "+", "-", "@", "\t", "\r", "＝", "1", "a", ".", " "),
      maxLength: 6,
    });
    fc.assert(
      fc.property(cell, (value) => {
        const out = escapeFormula(value);
        expect(unescapeFormula(out)).toBe(value);
        expect(/^[=@\t\r\n＝＋－＠]|^[+-](?!\d[\d .,]*$)/.test(out)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

test("readRows reads the file that formatRows wrote", async () => {
  const text =
    BYTE_ORDER_MARK +
    formatRows([
      ["Email", "Name"],
      ["a@b.de", "=Jörg"],
      ["c@d.de", 'a "b"\nc'],
      ["e@f.de", null],
    ]);
  const source = memoryFile(text);
  const pieces = await collect(readRows(source, await inspectCsv(source)));
  expect(pieces.flatMap((piece) => piece.rows.map((cells) => cells.map(unescapeFormula)))).toEqual([
    ["a@b.de", "=Jörg"],
    ["c@d.de", 'a "b"\nc'],
    ["e@f.de", ""],
  ]);
});
