import { writeXlsx } from "hucre";
import { describe, expect, test } from "vitest";
import { openTable } from "../../../../jobs/lib/tables/open-table.ts";
import { workbook, workbookFiles, zip } from "../../../support/archives.ts";
import { memoryFile } from "../../../support/memory-files.ts";
import { readCells } from "./read-cells.ts";

const cell = (value: string, attributes = "") => `<c ${attributes}><v>${value}</v></c>`;
const row = (...cells: string[]) => `<row>${cells.join("")}</row>`;

/** The texts of one row of cells with numbers, in the given formats. */
async function shown(
  values: [value: string, format: number | string][],
  properties = "",
): Promise<string[]> {
  const codes = values.map(([, format]) => format).filter((each) => typeof each === "string");
  const idOf = (format: number | string) =>
    typeof format === "number" ? format : 164 + codes.indexOf(format);
  const attribute = (code: string) => code.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const numFmts = codes.map(
    (code, at) => `<numFmt numFmtId="${164 + at}" formatCode="${attribute(code)}"/>`,
  );
  const xfs = values.map(([, format]) => `<xf numFmtId="${idOf(format)}"/>`);
  const styles = `<numFmts>${numFmts.join("")}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>${xfs.join("")}</cellXfs>`;
  const cells = values.map(([value], at) => cell(value, `s="${at}"`));
  const [found] = await readCells(await workbook({ rows: row(...cells), styles, properties }));
  return found!;
}

describe("cells of an Excel workbook", () => {
  test("texts come from the table behind the sheet, without readings and in all their parts", async () => {
    const strings =
      "<si><t>Email</t></si>" +
      "<si><r><t>Ada </t></r><r><rPr><b/></rPr><t>Love</t></r><r><t>lace</t></r></si>" +
      '<si><t>山田</t><rPh sb="0" eb="2"><t>ヤマダ</t></rPh><phoneticPr fontId="1"/></si>' +
      '<si/><si><t xml:space="preserve">a_x000D_b_x005F_x000D_ &amp;&#x1F600;</t></si>';
    const cells = [0, 1, 2, 99, 4].map((at) => cell(String(at), 't="s"'));
    expect(await readCells(await workbook({ rows: row(...cells), strings }))).toEqual([
      ["Email", "Ada Lovelace", "山田", "", "a\rb_x000D_ &😀"],
    ]);
  });

  test("each type of cell gives what it shows", async () => {
    const rows = row(
      '<c t="inlineStr"><is><t>in</t><rPh sb="0" eb="1"><t>no</t></rPh><t>line</t></is></c>',
      '<c t="str"><f>A1&amp;"x"</f><v>formula</v></c>',
      cell("1", 't="b"'),
      cell("0", 't="b"'),
      cell("#N/A", 't="e"'),
      cell("2024-02-29T00:00:00", 't="d"'),
      '<c s="1"/>',
      cell("42"),
    );
    expect(await readCells(await workbook({ rows }))).toEqual([
      ["inline", "formula", "TRUE", "FALSE", "#N/A", "2024-02-29", "", "42"],
    ]);
  });

  test("cells and rows without a reference follow each other, and gaps are blank", async () => {
    const rows =
      '<row r="2"><c r="B2"><v>1</v></c><c><v>2</v></c><c r="E2"><v>3</v></c></row>' +
      '<row><c><v>4</v></c></row><row r="6"/><row r="7" spans="1:2"><c r="AA7"><v>5</v></c></row>';
    expect(await readCells(await workbook({ rows }))).toEqual([
      [""],
      ["", "1", "2", "", "3"],
      ["4"],
      [""],
      [""],
      [""],
      [...Array(26).fill(""), "5"],
    ]);
  });

  test("rows that are not of the table of cells are left out", async () => {
    const files = workbookFiles({ rows: row(cell("1")) });
    const name = "xl/worksheets/sheet1.xml";
    files[name] = files[name]!.replace("</worksheet>", "<xdr:row>7</xdr:row></worksheet>").replace(
      "<worksheet ",
      '<worksheet xmlns:xdr="urn:x" ',
    );
    expect(await readCells(await zip(files))).toEqual([["1"]]);
  });

  test("a workbook in the strict format, with prefixes, is read", async () => {
    const files = workbookFiles({
      rows: row(cell("0", 't="s"')),
      strings: "<si><t>Ada</t></si>",
      main: "http://purl.oclc.org/ooxml/spreadsheetml/main",
      relations: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    });
    for (const name of ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"]) {
      files[name] = files[name]!.replace(/<(\/?)(?=[a-z])/gi, "<$1x:").replace(
        "xmlns=",
        "xmlns:x=",
      );
    }
    expect(await readCells(await zip(files))).toEqual([["Ada"]]);
  });

  test("letters that are cut by the end of a chunk stay whole", async () => {
    const names = Array.from(
      { length: 400 },
      (_, at) => `${"x".repeat(at % 7)}Łukasz 山田 😀 ${at}`,
    );
    const rows = names.map((_, at) => row(cell(String(at), 't="s"'))).join("");
    const strings = names.map((name) => `<si><t>${name}</t></si>`).join("");
    const found = await readCells(await workbook({ rows, strings }));
    expect(found.flat()).toEqual(names);
  });
});

describe("numbers of an Excel workbook", () => {
  test("dates are shown in their format, in the system of 1900 with its leap day", async () => {
    const dates: [string, number | string][] = [
      ["1", "yyyy-mm-dd"],
      ["59", "d.m.yyyy"],
      ["60", "d.m.yyyy"],
      ["61", "d.m.yyyy"],
      ["45000", 14],
      ["45000.75", 22],
      ["45000.5", "dd/mm/yyyy hh:mm"],
      ["0.5", 20],
      ["45000", "[$-F800]dddd, mmmm dd, yyyy"],
      ["45000", 'yyyy"年"m"月"d"日"'],
      ["-5", 14],
    ];
    expect(await shown(dates)).toEqual([
      "1900-01-01",
      "28.2.1900",
      "1900-02-29",
      "1.3.1900",
      "2023-03-15",
      "2023-03-15 18:00",
      "15/03/2023 12:00",
      "12:00",
      "2023-03-15",
      "2023年3月15日",
      "-5",
    ]);
  });

  test.each(['date1904="1"', 'date1904="true"'])(
    "dates of a workbook with %s begin in 1904",
    async (properties) => {
      expect(
        await shown(
          [
            ["0", 14],
            ["43538", "yyyy-mm-dd"],
          ],
          properties,
        ),
      ).toEqual(["1904-01-01", "2023-03-15"]);
    },
  );

  test("long numbers keep all their digits, in any format", async () => {
    expect(
      await shown([
        ["4.91701234567E+11", 0],
        ["491701234567", 11],
        ["491701234567", "@"],
        ["0.30000000000000004", 0],
        ["1.0000000000000001E-5", 0],
        ["7", "00000"],
        ["1234.5", 4],
        ["0.5", 9],
        ["-3", '0;"minus "0'],
      ]),
    ).toEqual(
      [
        "491701234567",
        "491701234567",
        "491701234567",
        "0.3",
        "0.00001",
        "00007",
        "1,234.50",
      ].concat(["50%", "minus 3"]),
    );
  });
});

describe("sheets of an Excel workbook", () => {
  const sheets = [
    { name: "Notes", rows: [] },
    { name: "Old", rows: [["old@x.test"]], hidden: true },
    { name: "People", rows: [["ada@x.test"]] },
    { name: "More & more", rows: [["bob@x.test"]] },
  ];

  test("the first visible sheet with cells is read, or the one that is chosen", async () => {
    const bytes = await writeXlsx({ sheets });
    expect(await readCells(bytes)).toEqual([["ada@x.test"]]);
    expect(await readCells(bytes, { sheet: "More & more" })).toEqual([["bob@x.test"]]);
    expect(await readCells(bytes, { sheet: "Old" })).toEqual([["old@x.test"]]);
    const table = await openTable(memoryFile(bytes, "people.xlsx"));
    expect(table.sheet).toBe("People");
    expect(table.sheets).toEqual([
      { name: "Notes", isHidden: false },
      { name: "Old", isHidden: true },
      { name: "People", isHidden: false },
      { name: "More & more", isHidden: false },
    ]);
  });

  test("a sheet with addresses is read rather than a cover before it", async () => {
    const cover = { name: "Cover", rows: [["Report of 2026"], [], ["For", "our shop"]] };
    expect(await readCells(await writeXlsx({ sheets: [cover, ...sheets] }))).toEqual([
      ["ada@x.test"],
    ]);
    expect(await readCells(await writeXlsx({ sheets: [cover, sheets[1]!] }))).toContainEqual([
      "Report of 2026",
    ]);
  });

  test("a sheet that the workbook does not have is refused with the names of those it has", async () => {
    const bytes = await writeXlsx({ sheets });
    await expect(readCells(bytes, { sheet: "Peeple" })).rejects.toMatchObject({
      name: "Refused",
      message: "people.xlsx has no sheet “Peeple”",
      advice: "Choose one of “Notes”, “Old”, “People”, “More & more”.",
    });
  });

  test("a workbook without cells is refused", async () => {
    await expect(readCells(await workbook({ rows: "<row/>" }))).rejects.toThrow(
      "people.xlsx is empty",
    );
  });
});
