/** Makes ZIP archives and workbooks byte by byte as programs write them, for tests of reading them. */
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

/** @param files name to content, in the order of the archive */
export async function zip(files: Record<string, string | Uint8Array>): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(files)) {
    archive.addBuffer(Buffer.from(content as Uint8Array), name);
  }
  archive.end();
  return buffer(archive.outputStream as NodeJS.ReadableStream);
}

interface WorkbookParts {
  /** The inside of `sheetData`. */
  rows: string;
  /** The inside of `sst`; the part comes behind the sheet, where Excel writes it. */
  strings?: string;
  /** The inside of `styleSheet`. */
  styles?: string;
  /** Attributes of `workbookPr`. */
  properties?: string;
  main?: string;
  relations?: string;
}

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packages = "http://schemas.openxmlformats.org/package/2006/relationships";

/** A workbook of Excel with one sheet, "People". */
export function workbook(parts: WorkbookParts): Promise<Buffer> {
  return zip(workbookFiles(parts));
}

export function workbookFiles({
  rows,
  strings = "",
  styles = "",
  properties = "",
  main: namespace = main,
  relations: types = relations,
}: WorkbookParts): Record<string, string> {
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${types}/${type}" Target="${target}"/>`;
  return {
    "[Content_Types].xml": `${head}<Types/>`,
    "_rels/.rels": `${head}<Relationships xmlns="${packages}">${relation("rId1", "officeDocument", "xl/workbook.xml")}</Relationships>`,
    "xl/workbook.xml": `${head}<workbook xmlns="${namespace}" xmlns:r="${types}"><workbookPr ${properties}/><sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `${head}<Relationships xmlns="${packages}">${relation("rId1", "worksheet", "worksheets/sheet1.xml")}${relation("rId2", "sharedStrings", "sharedStrings.xml")}${relation("rId3", "styles", "/xl/styles.xml")}</Relationships>`,
    "xl/worksheets/sheet1.xml": `${head}<worksheet xmlns="${namespace}"><sheetData>${rows}</sheetData></worksheet>`,
    "xl/styles.xml": `${head}<styleSheet xmlns="${namespace}">${styles}</styleSheet>`,
    "xl/sharedStrings.xml": `${head}<sst xmlns="${namespace}">${strings}</sst>`,
  };
}
