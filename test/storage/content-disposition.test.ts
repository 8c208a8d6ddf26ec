import fc from "fast-check";
import { expect, test } from "vitest";
import { attachment, fileNameOf } from "../../server/storage/content-disposition.ts";

test("names a file for old and new readers", () => {
  expect(attachment("contacts.csv")).toBe(
    `attachment; filename="contacts.csv"; filename*=UTF-8''contacts.csv`,
  );
  expect(attachment(`Zoë's "100%" (1).csv`)).toBe(
    `attachment; filename="Zo_'s _100__ (1).csv"; filename*=UTF-8''Zo%C3%AB%27s%20%22100%25%22%20%281%29.csv`,
  );
});

test("whatever the name, the header is plain text and gives it back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
      const header = attachment(name);
      expect(header).toMatch(/^[\x20-\x7e]*$/);
      expect(fileNameOf(header)).toBe(name);
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
])("%j names %j", (header, name) => {
  expect(fileNameOf(header)).toBe(name);
});
