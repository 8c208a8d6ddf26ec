/**
 * Parses one piece of a file from bytes to rows and returns the exact byte where the first incomplete
 * row begins, even in damaged text. This relies on delimiters, quotes and line ends being single bytes
 * in UTF-8 and Windows-1252, never part of another character.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { completeUtf8Length } from "./detect-encoding.ts";
import type { Dialect, Encoding } from "./format.ts";
import { type ParsedText, parseRows } from "./parse-rows.ts";

const windows1252 = new TextDecoder("windows-1252");
const NON_ASCII = /[\x80-\xff]/;

/**
 * @param whole true if the bytes reach the end of the file
 * @returns `cut` counts bytes, not characters
 */
export function parseBytes(
  bytes: Buffer,
  encoding: Encoding,
  dialect: Dialect,
  whole: boolean,
): ParsedText {
  if (encoding === "utf-16le" || encoding === "utf-16be")
    return parseUtf16(bytes, encoding, dialect, whole);
  if (isAscii(bytes)) return parseRows(replaceNulls(bytes.toString("latin1")), dialect, whole);
  if (encoding === "windows-1252")
    return parseRows(replaceNulls(windows1252.decode(bytes)), dialect, whole);

  const complete = whole ? bytes : bytes.subarray(0, completeUtf8Length(bytes));
  if (!isUtf8(complete)) return parseDamagedUtf8(bytes, dialect, whole);
  const text = complete.toString("utf8");
  const parsed = parseRows(replaceNulls(text), dialect, whole);
  parsed.cut = complete.length - Buffer.byteLength(text.slice(parsed.cut));
  return parsed;
}

/** Drops an incomplete code unit at the end of a damaged file. */
function parseUtf16(
  bytes: Buffer,
  encoding: Encoding,
  dialect: Dialect,
  whole: boolean,
): ParsedText {
  const even = bytes.subarray(0, bytes.length & ~1);
  const text =
    encoding === "utf-16le"
      ? even.toString("utf16le")
      : Buffer.from(even).swap16().toString("utf16le");
  const parsed = parseRows(replaceNulls(text.toWellFormed()), dialect, whole);
  parsed.cut = whole && parsed.cut === text.length ? bytes.length : parsed.cut * 2;
  return parsed;
}

/**
 * For a file that is UTF-8 only in part: two files joined, or one whose first umlaut, in Windows-1252,
 * comes late. Decodes each cell by itself, so that the outcome does not depend on the size of pieces.
 */
function parseDamagedUtf8(bytes: Buffer, dialect: Dialect, whole: boolean): ParsedText {
  const parsed = parseRows(replaceNulls(bytes.toString("latin1")), dialect, whole);
  for (const row of parsed.rows) {
    for (let column = 0; column < row.length; column++) {
      if (!NON_ASCII.test(row[column]!)) continue;
      const cell = Buffer.from(row[column]!, "latin1");
      row[column] = isUtf8(cell) ? cell.toString("utf8") : windows1252.decode(cell);
    }
  }
  return parsed;
}

/** Postgres stores no NUL in text. The replacement character has the same length in UTF-16. */
function replaceNulls(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\ufffd") : text;
}
