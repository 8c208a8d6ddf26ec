/** Opens an OpenDocument spreadsheet (.ods) of LibreOffice, Google or Excel as a table. */
import { type ByteSource, Refused } from "../../../../server/job.ts";
import { chooseSheet } from "../choose-sheet.ts";
import { generateCsv } from "../generated-csv.ts";
import type { Table } from "../table.ts";
import type { ZipArchive } from "../zip-archive.ts";
import { listSheets } from "./list-sheets.ts";
import { readSheet } from "./read-sheet.ts";

const mediaType = "application/vnd.oasis.opendocument.spreadsheet";

/**
 * @param sheet the name of a sheet; default the first that is visible and has cells
 * @returns undefined if the archive holds no spreadsheet
 * @throws Refused if the spreadsheet is damaged, locked, or has no such sheet
 */
export async function openOds(
  source: ByteSource,
  archive: ZipArchive,
  sheet: string | undefined,
): Promise<Table | undefined> {
  const content = archive.find("content.xml");
  const isLocked = archive.find("encrypted-package") !== undefined;
  if (!isLocked && !content) return undefined;
  if (!(await startOf(archive, "mimetype")).startsWith(mediaType)) return undefined;
  if (isLocked || /encryption-data/.test(await startOf(archive, "META-INF/manifest.xml"))) {
    throw new Refused(
      `${source.name} is protected by a password`,
      "Save it without the password and upload it again.",
    );
  }
  if (!content) return undefined;
  const found = await listSheets(content, source.name);
  const sheets = found.map(({ name, isHidden }, index) => {
    return { name, isHidden, read: () => readSheet(content, index, source.name) };
  });
  const chosen = await chooseSheet(sheets, sheet, source.name);
  return { source: generateCsv(source, chosen.read), sheets: found, sheet: chosen.name };
}

const maxStart = 1_000_000;

async function startOf(archive: ZipArchive, name: string): Promise<string> {
  let text = "";
  const entry = archive.find(name);
  if (!entry) return text;
  for await (const chunk of entry.read()) {
    text += Buffer.from(chunk).toString("latin1");
    if (text.length > maxStart) break;
  }
  return text;
}
