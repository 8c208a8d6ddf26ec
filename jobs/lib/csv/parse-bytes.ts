/**
 * Parses one piece of a file from bytes to rows and returns the exact byte where the first incomplete
 * row begins, even in damaged text. This relies on line ends and quotes being single bytes, never part
 * of another character, in all encodings but UTF-16.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { decode, isMultiByte } from "./decode.ts";
import { completeUtf8Length } from "./detect-encoding.ts";
import type { Dialect, Encoding } from "./format.ts";
import { type ParsedText, type ParseOptions, parseRows } from "./parse-rows.ts";

const NON_ASCII = /[\x80-\xff]/;
/** NUL, with which old programs pad; the end mark of DOS; byte order marks of concatenated files. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed.
const PADDING = /[\0\x1a\ufeff]/g;

/**
 * The sign that takes the place of bytes without a meaning, and the control characters that `TextDecoder`
 * gives for the five bytes that Windows-1252 does not define.
 */
export const UNREADABLE = /[\ufffd\x81\x8d\x8f\x90\x9d]/;

/**
 * @param whole true if the bytes reach the end of the file
 * @returns `cut` counts bytes, not characters; cells hold no NUL, which Postgres does not store
 */
export function parseBytes(
  bytes: Buffer,
  encoding: Encoding,
  dialect: Dialect,
  whole: boolean,
  options: ParseOptions = {},
): ParsedText {
  const parse = (text: string) => removePadding(text, parseRows(text, dialect, whole, options));
  const parseDecoded = (text: string) => {
    const parsed = parse(text);
    if (UNREADABLE.test(text)) parsed.hasUnreadable = true;
    return parsed;
  };
  if (encoding === "utf-16le" || encoding === "utf-16be") {
    // Half a code unit at the end of a damaged file is dropped.
    const even = bytes.subarray(0, bytes.length & ~1);
    const text =
      encoding === "utf-16le"
        ? even.toString("utf16le")
        : Buffer.from(even).swap16().toString("utf16le");
    const parsed = parseDecoded(text.toWellFormed());
    parsed.cut = whole && parsed.cut === text.length ? bytes.length : parsed.cut * 2;
    return parsed;
  }
  if (isAscii(bytes)) return parse(bytes.toString("latin1"));
  if (encoding === "utf-8") {
    const complete = whole ? bytes : bytes.subarray(0, completeUtf8Length(bytes));
    if (!isUtf8(complete)) return parseDamagedUtf8(parse, bytes);
    const text = complete.toString("utf8");
    const parsed = parseDecoded(text);
    parsed.cut = complete.length - Buffer.byteLength(text.slice(parsed.cut));
    return parsed;
  }
  const text = decode(bytes, encoding);
  const parsed = parseDecoded(text);
  if (isMultiByte(encoding)) parsed.cut = lineStart(bytes, text, parsed.cut);
  return parsed;
}

/**
 * For a file that is UTF-8 only in part: two files joined, or one whose first umlaut, in Windows-1252,
 * comes late. Decodes each cell by itself, so that the outcome does not depend on the size of pieces.
 */
function parseDamagedUtf8(parse: (text: string) => ParsedText, bytes: Buffer): ParsedText {
  const parsed = parse(bytes.toString("latin1"));
  for (const row of parsed.rows) {
    for (let column = 0; column < row.length; column++) {
      if (!NON_ASCII.test(row[column]!)) continue;
      const cell = Buffer.from(row[column]!, "latin1");
      const text = isUtf8(cell) ? cell.toString("utf8") : decode(cell, "windows-1252");
      if (UNREADABLE.test(text)) parsed.hasUnreadable = true;
      row[column] = text;
    }
  }
  return parsed;
}

function removePadding(text: string, parsed: ParsedText): ParsedText {
  if (text.search(PADDING) === -1) return parsed;
  parsed.rows = parsed.rows.map((row) => row.map((cell) => cell.replace(PADDING, "")));
  return parsed;
}

/**
 * Translates an index in the text to one in the bytes by the line ends behind it, because a damaged
 * character may take another number of bytes than its replacement.
 */
function lineStart(bytes: Buffer, text: string, cut: number): number {
  if (cut === text.length) return bytes.length;
  let lineEnds = 0;
  for (let at = cut; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) lineEnds++;
  }
  for (let at = bytes.length - 1; at >= 0; at--) {
    if (bytes[at] !== 10 && bytes[at] !== 13) continue;
    if (lineEnds === 0) return at + 1;
    lineEnds--;
  }
  return 0;
}
