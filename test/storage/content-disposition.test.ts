import fc from "fast-check";
import { expect, test } from "vitest";
import { formatAttachment, parseFileName } from "../../server/storage/content-disposition.ts";

test("the header names a file for old and new browsers", () => {
  expect(formatAttachment("contacts.csv")).toBe("attachment; filename=contacts.csv");
  expect(formatAttachment(`Zoë's "100%" (1).csv`)).toBe(
    `attachment; filename="Zo?'s \\"100%\\" (1).csv"; filename*=UTF-8''Zo%C3%AB%27s%20%22100%25%22%20%281%29.csv`,
  );
});

test("the header of any file name is plain ASCII and parses back to the name", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
      const header = formatAttachment(name);
      expect(header).toMatch(/^[\x20-\x7e]*$/);
      expect(parseFileName(header)).toBe(name);
    }),
  );
});

test.each([
  ['attachment; filename="a b.csv"', "a b.csv"],
  ['attachment; filename="a \\"b\\".csv"', 'a "b".csv'],
  ["attachment; filename=list.csv", "list.csv"],
  ["attachment;FILENAME = list.csv ; size=3", "list.csv"],
  [`attachment; filename="plain"; filename*=UTF-8'en'%e2%82%ac.csv`, "€.csv"],
  [`attachment; filename="plain.csv"; filename*=UTF-8''%ff`, "plain.csv"],
  ["attachment", undefined],
  ['attachment; name="file"', undefined],
  [undefined, undefined],
])("the header %j gives the file name %j", (header, name) => {
  expect(parseFileName(header)).toBe(name);
});
