import { expect, test } from "vitest";
import { zip } from "../../../support/archives.ts";
import { readCells } from "./read-cells.ts";

const mimetype = "application/vnd.oasis.opendocument.spreadsheet";
const name = "people.ods";

/** A spreadsheet as LibreOffice writes it. @param body the tables */
function spreadsheet(body: string, files: Record<string, string> = {}): Promise<Buffer> {
  const content =
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s">' +
    '<office:automatic-styles><style:style style:name="ta1"><style:table-properties table:display="true"/></style:style>' +
    '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style></office:automatic-styles>' +
    `<office:body><office:spreadsheet>${body}</office:spreadsheet></office:body></office:document-content>`;
  return zip({ mimetype, "content.xml": content, ...files });
}

const table = (rows: string, attributes = 'table:name="People" table:style-name="ta1"') =>
  `<table:table ${attributes}><table:table-column/>${rows}</table:table>`;
const row = (cells: string, attributes = "") =>
  `<table:table-row ${attributes}>${cells}</table:table-row>`;
const cell = (text: string, attributes = "") =>
  `<table:table-cell ${attributes}><text:p>${text}</text:p></table:table-cell>`;

test("cells of an OpenDocument spreadsheet give what they show", async () => {
  const cells = [
    '<table:table-cell office:value-type="string"><text:p>two<text:s text:c="2"/>lines</text:p><text:p><text:span>of</text:span> <text:a>text</text:a></text:p><office:annotation><text:p>a note</text:p></office:annotation></table:table-cell>',
    cell("15.03.23", 'office:value-type="date" office:date-value="2023-03-15"'),
    cell("1.234,50 €", 'office:value-type="currency" office:value="1234.5"'),
    cell("4.92E+11", 'office:value-type="float" office:value="491701234567"'),
    cell("###", 'office:value-type="float" office:value="7"'),
    '<table:table-cell office:value-type="date" office:date-value="2023-03-15T00:00:00"/>',
    '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>',
    "<table:covered-table-cell><text:p>hidden</text:p></table:covered-table-cell>",
    cell("end"),
  ];
  expect(await readCells(await spreadsheet(table(row(cells.join("")))), { name })).toEqual([
    [
      ...["two  lines\nof text", "15.03.23", "1.234,50 €", "491701234567", "7", "2023-03-15"],
      ...["TRUE", "", "end"],
    ],
  ]);
});

test("repeated cells and rows count, and blank ones at the end do not", async () => {
  const rows =
    row(
      `${cell("a", 'table:number-columns-repeated="2"')}<table:table-cell table:number-columns-repeated="2"/>${cell("b")}<table:table-cell table:number-columns-repeated="16379"/>`,
    ) +
    row("<table:table-cell/>", 'table:number-rows-repeated="2"') +
    row(cell("c"), 'table:number-rows-repeated="2"') +
    row(
      '<table:table-cell table:number-columns-repeated="16384"/>',
      'table:number-rows-repeated="1048571"',
    );
  expect(await readCells(await spreadsheet(table(rows)), { name })).toEqual([
    ["a", "a", "", "", "b"],
    [""],
    [""],
    ["c"],
    ["c"],
  ]);
});

test("the first visible sheet with cells is read, or the one that is chosen", async () => {
  const sheets =
    table(row("<table:table-cell/>"), 'table:name="Empty"') +
    table(row(cell("old")), 'table:name="Old" table:style-name="ta2"') +
    table(row(cell("new"))) +
    table(row(cell("more")), 'table:name="More"');
  const bytes = await spreadsheet(sheets);
  expect(await readCells(bytes, { name })).toEqual([["new"]]);
  expect(await readCells(bytes, { name, sheet: "More" })).toEqual([["more"]]);
  expect(await readCells(bytes, { name, sheet: "Old" })).toEqual([["old"]]);
});

test("a spreadsheet that says it holds a billion equal cells is refused", async () => {
  const wide = cell("x".repeat(1_000), 'table:number-columns-repeated="16384"');
  const bytes = await spreadsheet(table(row(wide, 'table:number-rows-repeated="1048576"')));
  await expect(readCells(bytes, { name })).rejects.toThrow("people.ods has too much text in row 1");
});

test.each([
  ["in its manifest", { "META-INF/manifest.xml": "<manifest:encryption-data/>" }],
  ["as a whole", { "encrypted-package": "?" }],
])("a spreadsheet with a password %s is refused", async (_, files) => {
  await expect(readCells(await spreadsheet("", files), { name })).rejects.toMatchObject({
    message: "people.ods is protected by a password",
    advice: "Save it without the password and upload it again.",
  });
});
