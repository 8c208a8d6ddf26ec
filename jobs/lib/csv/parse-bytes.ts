/**
 * One piece of a file, bytes to rows, with the cut between what was read and what is left given in
 * bytes, exactly, whatever the bytes hold. Delimiters, quotes and line ends are single bytes in
 * UTF-8 and Windows-1252 and never part of another character, which is what all of this rests on.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { completeUtf8 } from "./encoding.ts";
import type { Dialect, Encoding } from "./format.ts";
import { type Parsed, parseRows } from "./parse.ts";

const windows1252 = new TextDecoder("windows-1252");
const NON_ASCII = /[\x80-\xff]/;

/**
 * @param whole true where the bytes reach to the end of the file
 * @returns `cut` counts bytes, not characters
 */
export function parseBytes(
  bytes: Buffer,
  encoding: Encoding,
  dialect: Dialect,
  whole: boolean,
): Parsed {
  if (encoding === "utf-16le" || encoding === "utf-16be")
    return parseUtf16(bytes, encoding, dialect, whole);
  if (isAscii(bytes)) return parseRows(printable(bytes.toString("latin1")), dialect, whole);
  if (encoding === "windows-1252")
    return parseRows(printable(windows1252.decode(bytes)), dialect, whole);

  const complete = whole ? bytes : bytes.subarray(0, completeUtf8(bytes));
  if (!isUtf8(complete)) return parseDamagedUtf8(bytes, dialect, whole);
  const text = complete.toString("utf8");
  const parsed = parseRows(printable(text), dialect, whole);
  parsed.cut = complete.length - Buffer.byteLength(text.slice(parsed.cut));
  return parsed;
}

/** Two bytes are a code unit, always; half of one at the end of a damaged file is dropped. */
function parseUtf16(bytes: Buffer, encoding: Encoding, dialect: Dialect, whole: boolean): Parsed {
  const even = bytes.subarray(0, bytes.length & ~1);
  const text =
    encoding === "utf-16le"
      ? even.toString("utf16le")
      : Buffer.from(even).swap16().toString("utf16le");
  const parsed = parseRows(printable(text.toWellFormed()), dialect, whole);
  parsed.cut = whole && parsed.cut === text.length ? bytes.length : parsed.cut * 2;
  return parsed;
}

/**
 * Says UTF-8 and is not, everywhere: a file put together from two, or one whose first umlaut, in
 * Windows-1252, comes late. Each cell for itself is read as what it is; so the outcome does not
 * depend on where the pieces were cut.
 */
function parseDamagedUtf8(bytes: Buffer, dialect: Dialect, whole: boolean): Parsed {
  const parsed = parseRows(printable(bytes.toString("latin1")), dialect, whole);
  for (const row of parsed.rows) {
    for (let column = 0; column < row.length; column++) {
      if (!NON_ASCII.test(row[column]!)) continue;
      const cell = Buffer.from(row[column]!, "latin1");
      row[column] = isUtf8(cell) ? cell.toString("utf8") : windows1252.decode(cell);
    }
  }
  return parsed;
}

/** No database keeps a NUL in text; the mark that replaces it has the same length here. */
function printable(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\ufffd") : text;
}
