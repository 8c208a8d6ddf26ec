/** Opens an Excel workbook (.xlsx, .xlsm) as a table. */
import type { ByteSource } from "../../../../server/job.ts";
import { chooseSheet } from "../choose-sheet.ts";
import { generateCsv } from "../generated-csv.ts";
import type { Table } from "../table.ts";
import type { ZipArchive } from "../zip-archive.ts";
import { readSheet } from "./read-sheet.ts";
import { openSharedStrings } from "./shared-strings.ts";
import { readWorkbook } from "./workbook.ts";

/**
 * @param sheet the name of a sheet; default the first that is visible and has cells
 * @returns undefined if the archive holds no workbook
 * @throws Refused if the workbook is damaged or has no such sheet
 */
export async function openXlsx(
  source: ByteSource,
  archive: ZipArchive,
  sheet: string | undefined,
): Promise<Table | undefined> {
  const workbook = await readWorkbook(archive, source.name);
  if (!workbook) return undefined;
  const strings = openSharedStrings(workbook.sharedStrings, source.name);
  const sheets = workbook.sheets.map(({ name, isHidden, part }) => {
    const read = () => readSheet({ name, isHidden, part }, workbook, strings, source.name);
    return { name, isHidden, read };
  });
  const chosen = await chooseSheet(sheets, sheet, source.name);
  return {
    source: generateCsv(source, chosen.read),
    sheets: sheets.map(({ name, isHidden }) => ({ name, isHidden })),
    sheet: chosen.name,
  };
}
