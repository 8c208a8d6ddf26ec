/** Reads what a workbook says of its sheets: names, order, parts of the archive, number formats. */
import { posix } from "node:path";
import { Refused } from "../../../../server/job.ts";
import { parseWholeXml } from "../parse-xml.ts";
import type { Sheet } from "../table.ts";
import type { ZipArchive, ZipEntry } from "../zip-archive.ts";
import { compileFormat, type FormatNumber, formatGeneral } from "./format-number.ts";

export interface WorkbookSheet extends Sheet {
  part: ZipEntry;
}

export interface Workbook {
  sheets: WorkbookSheet[];
  sharedStrings: ZipEntry | undefined;
  /** By the number that cells give as their style. */
  formats: FormatNumber[];
}

/** Excel knows 65,490. */
const maxStyles = 100_000;

/** @returns undefined if the archive holds no workbook */
export async function readWorkbook(
  archive: ZipArchive,
  fileName: string,
): Promise<Workbook | undefined> {
  const main = (await readRelations(archive, "", fileName)).find(isOf("officeDocument"));
  const path = main?.target ?? "xl/workbook.xml";
  const part = archive.find(path);
  if (!part || !/workbook[^/]*\.xml$/i.test(path)) return undefined;
  const relations = await readRelations(archive, path, fileName);
  const targetOf = (type: string) => relations.find(isOf(type))?.target;
  const partOf = (type: string, fallback: string) => archive.find(targetOf(type) ?? fallback);

  const sheets: WorkbookSheet[] = [];
  let is1904 = false;
  await parseWholeXml(part.read(), fileName, {
    open(name, attributes) {
      if (name === "workbookPr") is1904 = isTrue(attributes.date1904);
      if (name !== "sheet") return;
      const id = Object.entries(attributes).find(([key]) => key.endsWith(":id"))?.[1];
      const relation = relations.find((each) => each.id === id && isOf("worksheet")(each));
      const sheet = relation && archive.find(relation.target);
      if (!sheet) return;
      const isHidden = (attributes.state ?? "visible") !== "visible";
      sheets.push({ name: attributes.name ?? "", isHidden, part: sheet });
    },
  });
  if (sheets.length === 0) {
    throw new Refused(`${fileName} has no sheet with cells`, "Upload a workbook with a table.");
  }
  return {
    sheets,
    sharedStrings: partOf("sharedStrings", "xl/sharedStrings.xml"),
    formats: await readFormats(partOf("styles", "xl/styles.xml"), fileName, is1904),
  };
}

interface Relation {
  id: string | undefined;
  type: string;
  /** The path of the part in the archive. */
  target: string;
}

/** Strict files have types of other addresses, with the same last word. */
function isOf(type: string): (relation: Relation) => boolean {
  return (relation) => relation.type.endsWith(`/${type}`);
}

/** @param path of the part whose relations are read; "" for those of the archive */
async function readRelations(
  archive: ZipArchive,
  path: string,
  fileName: string,
): Promise<Relation[]> {
  const folder = posix.dirname(path);
  const entry = archive.find(posix.join(folder, "_rels", `${posix.basename(path)}.rels`));
  const found: Relation[] = [];
  if (!entry) return found;
  await parseWholeXml(entry.read(), fileName, {
    open(name, { Id: id, Type: type = "", Target: target = "" }) {
      if (name !== "Relationship") return;
      const isAbsolute = target.startsWith("/");
      found.push({ id, type, target: isAbsolute ? target.slice(1) : posix.join(folder, target) });
    },
  });
  return found;
}

async function readFormats(
  styles: ZipEntry | undefined,
  fileName: string,
  is1904: boolean,
): Promise<FormatNumber[]> {
  const codes = new Map<number, string>();
  const compiled = new Map<number, FormatNumber>();
  const ids: number[] = [];
  let isCellFormat = false;
  if (!styles) return [];
  await parseWholeXml(styles.read(), fileName, {
    open(name, attributes) {
      if (name === "numFmt") codes.set(Number(attributes.numFmtId), attributes.formatCode ?? "");
      else if (name === "cellXfs") isCellFormat = true;
      else if (name === "xf" && isCellFormat && ids.length < maxStyles) {
        ids.push(Number(attributes.numFmtId ?? 0));
      }
    },
    close(name) {
      if (name === "cellXfs") isCellFormat = false;
    },
  });
  return ids.map((id) => {
    const format =
      compiled.get(id) ?? (id === 0 ? formatGeneral : compileFormat(id, codes.get(id), { is1904 }));
    compiled.set(id, format);
    return format;
  });
}

export function isTrue(value: string | undefined): boolean {
  return value === "1" || value === "true";
}
