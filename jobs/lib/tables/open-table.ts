/** Opens a file of any kind that holds a table; its content decides, not its name. */
import { type ByteSource, Refused } from "../../../server/job.ts";
import { isNdjson, openNdjson } from "./ndjson/open-ndjson.ts";
import { openOds } from "./ods/open-ods.ts";
import { refuseOleFile } from "./refuse-ole-file.ts";
import { refuseOtherArchives } from "./refuse-other-archives.ts";
import type { Table } from "./table.ts";
import { unzipTable } from "./unzip-table.ts";
import { isVcard, openVcard } from "./vcard/open-vcard.ts";
import { openXlsx } from "./xlsx/open-xlsx.ts";
import { openZip } from "./zip-archive.ts";

const ZIP = "PK\x03\x04";
const sampleBytes = 1_024;

export interface OpenTableOptions {
  /** The name of a sheet of a workbook. Default: that of `chooseSheet`. */
  sheet?: string | undefined;
  /** Reads only the beginning of an address book or of NDJSON. Default false. */
  isPreview?: boolean;
}

/**
 * CSV files, and files that are refused when their text is read, are returned as they are.
 * @throws Refused if the file holds no table, several, or no such sheet
 */
export async function openTable(
  source: ByteSource,
  options: OpenTableOptions = {},
): Promise<Table> {
  const { sheet, isPreview = false } = options;
  const beginning = await readBeginning(source);
  if (isZip(beginning)) return openArchive(source, options);
  await refuseOleFile(source, beginning);
  if (sheet !== undefined) {
    throw new Refused(`${source.name} has no sheets`, "Leave the sheet out for such a file.");
  }
  if (isVcard(beginning)) return openVcard(source, isPreview);
  if (await isNdjson(source, beginning)) return openNdjson(source, isPreview);
  return { source, sheets: [] };
}

async function openArchive(source: ByteSource, options: OpenTableOptions): Promise<Table> {
  const { sheet } = options;
  const archive = await openZip(source);
  const workbook =
    (await openXlsx(source, archive, sheet)) ?? (await openOds(source, archive, sheet));
  if (workbook) return workbook;
  refuseOtherArchives(archive, source.name);
  const unpacked = await unzipTable(source, archive);
  if (!isZip(await readBeginning(unpacked)) || (await isWorkbook(unpacked))) {
    return openTable(unpacked, options);
  }
  throw new Refused(
    `${source.name} holds an archive in the archive`,
    "Unpack both and upload the table.",
  );
}

async function isWorkbook(source: ByteSource): Promise<boolean> {
  const archive = await openZip(source);
  return ["[Content_Types].xml", "mimetype"].some((name) => archive.find(name) !== undefined);
}

function isZip(beginning: Buffer): boolean {
  return beginning.toString("latin1", 0, ZIP.length) === ZIP;
}

async function readBeginning(source: ByteSource): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source.read()) {
    chunks.push(Buffer.from(chunk.subarray(0, sampleBytes)));
    length += chunk.length;
    if (length >= sampleBytes) break;
  }
  return Buffer.concat(chunks);
}
