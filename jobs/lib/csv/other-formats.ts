/**
 * Recognises files of other formats by their first bytes, so that the message can name the format.
 * Signatures: those of the `file` command.
 */
import { Refused } from "../../../server/job.ts";

const SPREADSHEET = "Open it in your spreadsheet, save it as .xlsx, and upload that file.";
const UNPACK = "Unpack it and upload the file inside.";
const EXPORT = "Export the data as CSV and upload that file.";

interface Signature {
  is: string;
  advice: string;
  /** The first bytes, one character per byte. */
  starts: string;
  /** Offset of `starts` in bytes. Default 0. */
  at?: number;
}

const signatures: Signature[] = [
  { starts: "\x89PNG", is: "a PNG image", advice: EXPORT },
  { starts: "\xff\xd8\xff", is: "a JPEG image", advice: EXPORT },
  { starts: "GIF8", is: "a GIF image", advice: EXPORT },
  { starts: "WEBP", at: 8, is: "a WebP image", advice: EXPORT },
  { starts: "ftyp", at: 4, is: "a video or a photo", advice: EXPORT },
  { starts: "%PDF-", is: "a PDF document", advice: EXPORT },
  { starts: "PK\x05\x06", is: "an empty ZIP archive", advice: "Upload a file with rows." },
  { starts: "\x1f\x8b", is: "a gzip archive", advice: UNPACK },
  { starts: "7z\xbc\xaf", is: "a 7-Zip archive", advice: UNPACK },
  { starts: "Rar!", is: "a RAR archive", advice: UNPACK },
  { starts: "\x28\xb5\x2f\xfd", is: "a Zstandard archive", advice: UNPACK },
  { starts: "\xfd7zXZ", is: "an XZ archive", advice: UNPACK },
  { starts: "SQLite format 3\0", is: "a SQLite database", advice: EXPORT },
  { starts: "PAR1", is: "a Parquet file", advice: EXPORT },
  { starts: "\x7fELF", is: "a program", advice: EXPORT },
  { starts: "{\\rtf", is: "an RTF document", advice: EXPORT },
];

/** Text formats; they may start with a byte order mark. */
const markups: [RegExp, is: string, advice: string][] = [
  [/^\s*<(!doctype html|html)\b/i, "a web page", EXPORT],
  [/^\s*<\?xml\b/i, "an XML file", SPREADSHEET],
  [/^\s*(\{\s*"[^"\n]*"\s*:|\[\s*\{)/, "a JSON file", EXPORT],
];

/** @throws Refused if the sample belongs to a file of another format */
export function refuseOtherFormats(sample: Uint8Array, name: string): void {
  const bytes = Buffer.from(sample.buffer, sample.byteOffset, sample.byteLength).toString("latin1");
  const binary = signatures.find(({ starts, at = 0 }) => bytes.startsWith(starts, at));
  if (binary)
    throw new Refused(`${name} is ${binary.is}, not a spreadsheet or CSV file`, binary.advice);

  const text = bytes.replace(/^\xef\xbb\xbf/, "");
  const markup = markups.find(([pattern]) => pattern.test(text));
  if (markup)
    throw new Refused(`${name} is ${markup[1]}, not a spreadsheet or CSV file`, markup[2]);
}
