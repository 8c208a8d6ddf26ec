import fc from "fast-check";
import { expect, test } from "vitest";
import { safeFileName } from "../../server/storage/file-name.ts";

test.each([
  ["contacts.csv", "contacts.csv"],
  ["Größe 10×10 – Kopie.csv", "Größe 10×10 – Kopie.csv"],
  ["../../etc/passwd", "passwd"],
  ["C:\\Users\\Ann\\list.csv", "list.csv"],
  ["list.csv/", "upload"],
  ["..", "upload"],
  ["", "upload"],
  [" \t ", "upload"],
  ["a\0b\r\nc\x7f.csv", "abc.csv"],
  ["invoice\u202egnp.exe", "invoicegnp.exe"],
  ["half \ud83d.csv", "half .csv"],
  ["👩‍👩‍👧.csv", "👩‍👩‍👧.csv"],
  ["u\u0308.csv", "ü.csv"],
])("the name %j becomes %j", (given, expected) => {
  expect(safeFileName(given)).toBe(expected);
});

test("a long name keeps its extension", () => {
  const name = safeFileName(`${"ä".repeat(400)}.csv`);
  expect([...name]).toHaveLength(200);
  expect(name.endsWith("ä.csv")).toBe(true);
  expect([...safeFileName(`a.${"b".repeat(400)}`)]).toHaveLength(200);
});

test("a safe name of any input is short, plain, and stable when made safe again", () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.oneof(
          fc.constantFrom(..." .a\u0308\0"),
          fc.string({ unit: "binary", maxLength: 1 }),
        ),
        maxLength: 400,
        size: "max",
      }),
      (given) => {
        const name = safeFileName(given);
        expect(name).not.toMatch(/^\.*$|[/\\\p{Cc}\p{Cs}]/u);
        expect([...name].length).toBeLessThanOrEqual(200);
        expect(safeFileName(name)).toBe(name);
      },
    ),
  );
});
