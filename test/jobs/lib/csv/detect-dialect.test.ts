import { describe, expect, test } from "vitest";
import { detectDialect } from "../../../../jobs/lib/csv/detect-dialect.ts";
import { looksLikeHeader } from "../../../../jobs/lib/csv/detect-table.ts";

describe("delimiters", () => {
  test.each([
    [",", "a,b,c\n1,2,3\n"],
    [";", "Name;Betrag\nAnna;1,50\nBert;2,50\n"],
    [";", "Name, Vorname;Mail\nMüller, Anna;a@b.de\n"],
    [";", "Name;Note\nAnna;nett, klug\nBert;alt, weise\n"],
    ["\t", "name\tnote\nAnna\tone, two; three\nBert\t|\n"],
    ["|", "a|b\n1|2\n"],
    [",", '"a;b","c;d"\n"e;f","g;h"\n'],
    [";", '"a,b,c";"d"\n"e,f,g";"h"\n'],
    [",", 'name,note\nAnna,"; ; ;\n;;;"\nBert,x\n'],
    [";", "Our contacts\nname;mail\nAnna;a@b.de\nBert;b@b.de\n"],
    [",", "email\na@b.de\n"],
    [",", "a,b,c\n1\n2,3\n4,5,6,7\n8;9;0\n"],
    [";", "a;b"],
  ])("detectDialect finds the delimiter %j in %j", (delimiter, text) => {
    expect(detectDialect(text).delimiter).toBe(delimiter);
  });

  test("detectDialect finds the delimiter wherever the sample is cut off", () => {
    const text = 'name;note\n"Müller; Anna";"a\nb, c"\nBert;"x, y"\n';
    for (let end = 12; end <= text.length; end++)
      expect(detectDialect(text.slice(0, end)).delimiter).toBe(";");
  });
});

describe("headers", () => {
  test.each<[boolean, string[][]]>([
    [
      true,
      [
        ["Email", "Name"],
        ["a@b.de", "Anna"],
      ],
    ],
    [
      false,
      [
        ["a@b.de", "Anna"],
        ["c@d.de", "Bert"],
      ],
    ],
    [false, [["a@b.de", "Anna"]]],
    [true, [["Email", "Name"]]],
    [
      true,
      [
        ["Vorname", "Nachname"],
        ["Anna", "Schmidt"],
        ["Bert", "Meier"],
      ],
    ],
    [
      false,
      [
        ["Anna", "Berlin"],
        ["Bert", "Berlin"],
        ["Carl", "Berlin"],
      ],
    ],
    [
      true,
      [
        ["id", "2024"],
        ["1", "12.50"],
        ["2", "13"],
      ],
    ],
    [
      false,
      [
        ["1", "12.50"],
        ["2", "13"],
        ["3", "x"],
      ],
    ],
    [
      true,
      [
        ["", "born"],
        ["0", "1980-01-01"],
        ["1", "1990-02-03"],
      ],
    ],
  ])("looksLikeHeader returns %j for %j", (expected, rows) => {
    expect(looksLikeHeader(rows)).toBe(expected);
  });
});
