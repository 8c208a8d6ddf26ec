/**
 * Files that are something else than CSV, told by their first bytes, so that the message can name
 * them. Signatures: Gary Kessler's list and the `file` command's.
 */
import { Refused } from "../../../server/job.ts";

const EXCEL = "Open it in Excel, choose Save As and then CSV UTF-8, and upload that file.";
const SPREADSHEET = "Open it in your spreadsheet, save the sheet as CSV, and upload that file.";
const UNPACK = "Unpack it and upload the CSV file inside.";
const EXPORT = "Export the data as CSV and upload that file.";

/** Latin-1 text that the file starts with; what the file is; what a person can do. */
const signatures: [start: RegExp, is: string, advice: string][] = [
  [/^\x89PNG/, "a PNG image", EXPORT],
  [/^\xff\xd8\xff/, "a JPEG image", EXPORT],
  [/^GIF8[79]a/, "a GIF image", EXPORT],
  [/^RIFF[^]{4}WEBP/, "a WebP image", EXPORT],
  [/^[^]{4}ftyp/, "a video or a photo", EXPORT],
  [/^%PDF-/, "a PDF document", EXPORT],
  [/^PK\x03\x04[^]*\bxl\//, "an Excel workbook", EXCEL],
  [/^PK\x03\x04[^]*\bword\//, "a Word document", EXPORT],
  [/^PK\x03\x04[^]*opendocument\.spreadsheet/, "an OpenDocument spreadsheet", SPREADSHEET],
  [/^PK\x03\x04[^]*\.numbers|^PK\x03\x04[^]*Index\/Document\.iwa/, "a Numbers spreadsheet", SPREADSHEET],
  [/^PK\x03\x04\x14\0\x06\0[^]{22}\[Content_Types\]/, "an Office document", EXCEL],
  [/^PK(\x03\x04|\x05\x06)/, "a ZIP archive", UNPACK],
  [/^\xd0\xcf\x11\xe0/, "an old Excel workbook", EXCEL],
  [/^\x1f\x8b/, "a gzip archive", UNPACK],
  [/^(BZh|7z\xbc\xaf|Rar!|\x28\xb5\x2f\xfd|\xfd7zXZ)/, "a packed archive", UNPACK],
  [/^SQLite format 3\0/, "a SQLite database", EXPORT],
  [/^PAR1/, "a Parquet file", EXPORT],
  [/^(\x7fELF|MZ[^]\0)/, "a program", EXPORT],
  [/^(\xef\xbb\xbf)?\s*<(!doctype html|html)\b/i, "a web page", EXPORT],
  [/^(\xef\xbb\xbf)?\s*<\?xml\b/i, "an XML file", SPREADSHEET],
  [/^(\xef\xbb\xbf)?\s*(\{\s*"[^"\n]*"\s*:|\[\s*\{)/, "a JSON file", EXPORT],
  [/^\{\\rtf/, "an RTF document", EXPORT],
];

/** @throws Refused where the first bytes are those of another kind of file */
export function refuseForeign(sample: Uint8Array, name: string): void {
  const start = Buffer.from(sample.buffer, sample.byteOffset, sample.byteLength).latin1Slice();
  const known = signatures.find(([signature]) => signature.test(start));
  if (known) throw new Refused(`${name} is ${known[1]}, not a CSV file`, known[2]);
}
