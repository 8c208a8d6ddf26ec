import fc from "fast-check";
import { type CellValue, writeOds, writeXlsx } from "hucre";
import { describe, expect, test } from "vitest";
import { openTable } from "../../../../jobs/lib/tables/open-table.ts";
import { memoryFile } from "../../../support/memory-files.ts";
import { readCells } from "./read-cells.ts";

/** Texts as people have them, and those that a file could take for something else. */
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }).map((each) => each.replace(/\r/g, "\n")),
  fc.constantFrom("Ada", "山田 😀", ' "quoted", text ', "a\nb", "=1+1", "'", "&lt;", "<b>"),
);
const value: fc.Arbitrary<CellValue> = fc.oneof(
  { weight: 6, arbitrary: text },
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const table = fc.array(fc.array(value, { maxLength: 8 }), { minLength: 1, maxLength: 20 });

function shown(cell: CellValue): string {
  return typeof cell === "boolean" ? String(cell).toUpperCase() : String(cell ?? "");
}

/** Blank cells and rows at the end mean nothing. */
function trimmed(rows: readonly (readonly string[])[]): string[][] {
  const cut = rows.map((cells) => cells.slice(0, cells.findLastIndex((each) => each !== "") + 1));
  return cut.slice(0, cut.findLastIndex((cells) => cells.length > 0) + 1);
}

/** XML holds no control characters and no halves of letters. */
function isInXml(rows: CellValue[][]): boolean {
  return !rows.flat().some((each) => /[^\P{C}\n\t\p{Cf}\p{Co}]/u.test(shown(each)));
}

const written = { xlsx: writeXlsx, ods: writeOds };

describe.each(["xlsx", "ods"] as const)("a random table in a file of type %s", (type) => {
  test("every cell comes back as it was written, in its row", async () => {
    await fc.assert(
      fc.asyncProperty(table.filter(isInXml), async (rows) => {
        const expected = trimmed(rows.map((cells) => cells.map(shown)));
        fc.pre(expected.length > 0 && expected.flat().some((each) => each.trim() !== ""));
        const bytes = await written[type]({ sheets: [{ name: "People", rows }] });
        expect(trimmed(await readCells(bytes, { name: `people.${type}` }))).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  test("reading from any byte goes on with the same text", async () => {
    await fc.assert(
      fc.asyncProperty(table.filter(isInXml), fc.nat(), async (rows, from) => {
        fc.pre(rows.flat().some((each) => shown(each).trim() !== ""));
        const bytes = await written[type]({ sheets: [{ name: "People", rows }] });
        const { source } = await openTable(memoryFile(bytes, "people", 997));
        const read = async (start?: number) => {
          const chunks: Uint8Array[] = [];
          for await (const chunk of source.read(start)) chunks.push(chunk);
          return Buffer.concat(chunks);
        };
        const whole = await read();
        const start = from % (whole.length + 1);
        expect(await read(start)).toEqual(whole.subarray(start));
        expect(source.progressAt!(whole.length)).toBeGreaterThan(0);
      }),
      { numRuns: 30 },
    );
  });
});
