/** Detects the encoding of a text file. */
import { isAscii, isUtf8 } from "node:buffer";
import { type ByteSource, Refused } from "../../../server/job.ts";
import { detectByLetters } from "./detect-by-letters.ts";
import type { Encoding } from "./format.ts";
import { refuseOtherFormats } from "./other-formats.ts";

export interface DetectedEncoding {
  encoding: Encoding;
  /** Length of the byte order mark. */
  bom: number;
}

/** Bytes of lines with letters beyond ASCII that the statistics get. */
const statisticBytes = 64_000;
/** How far a file is searched for such lines. */
const maxSearchedBytes = 64_000_000;
/** Text with fewer damaged characters for each good one is still UTF-8. */
const maxDamagedShare = 1 / 10;

/**
 * @param sample the first bytes, about 256 kB; it may end in the middle of a character
 * @param chosen overrides the detection, and spares the search through the file
 * @throws Refused if this is not text
 */
export async function detectEncoding(
  source: ByteSource,
  sample: Uint8Array,
  chosen?: Encoding,
): Promise<DetectedEncoding> {
  refuseOtherFormats(sample, source.name);
  const marked = detectMark(sample);
  if (chosen) return { encoding: chosen, bom: marked?.encoding === chosen ? marked.bom : 0 };
  if (marked) return marked;
  // Before UTF-8: Cyrillic UTF-16 has no byte above 0x7f, so it is valid UTF-8 too.
  const wide = detectUtf16(sample);
  if (wide) return { encoding: wide, bom: 0 };
  refuseBinary(sample, source.name);

  const lines = await collectNonAsciiLines(source);
  if (isMostlyUtf8(lines)) return { encoding: "utf-8", bom: 0 };
  return { encoding: await detectByLetters(lines), bom: 0 };
}

function detectMark([a, b, c, d]: Uint8Array): DetectedEncoding | undefined {
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: "utf-8", bom: 3 };
  if (a === 0xff && b === 0xfe && !(c === 0 && d === 0)) return { encoding: "utf-16le", bom: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: "utf-16be", bom: 2 };
  return undefined;
}

/** Digits, delimiters, line ends, `.` and `@`: every list of people holds them, in any language. */
const ubiquitous = new Set(Buffer.from("0123456789,;.@\t\r\n", "latin1"));

/**
 * Recognises UTF-16 without a byte order mark, also of languages that have few zero bytes: common
 * ASCII characters come as pairs with a zero, nearly always in the same order.
 */
function detectUtf16(sample: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  let little = 0;
  let big = 0;
  for (let at = 0; at + 1 < sample.length; at += 2) {
    if (sample[at + 1] === 0 && ubiquitous.has(sample[at]!)) little++;
    if (sample[at] === 0 && ubiquitous.has(sample[at + 1]!)) big++;
  }
  const least = 0.03 * (sample.length / 2);
  if (little > least && little >= 4 * big) return "utf-16le";
  if (big > least && big >= 4 * little) return "utf-16be";
  return undefined;
}

/** A few zeros and control characters in a large text are an innocent fault of old programs. */
function refuseBinary(sample: Uint8Array, name: string): void {
  let control = 0;
  // A file system that lost its power fills the last block of a file with zeros.
  const end = sample.findLastIndex((byte) => byte !== 0 && byte !== 0x1a) + 1;
  for (const byte of sample.subarray(0, end))
    if (byte < 9 || (byte > 13 && byte < 26) || byte === 27) control++;
  if (control <= 0.02 * sample.length || control <= 2) return;
  throw new Refused(
    `${name} is not a text file`,
    "Upload a spreadsheet, or a CSV file: text with one row per line.",
  );
}

/** @returns the lines with a byte above 0x7f, without padding; the rest of a file says nothing */
async function collectNonAsciiLines(source: ByteSource): Promise<Buffer> {
  const found: Buffer[] = [];
  let size = 0;
  let searched = 0;
  let line: Buffer = Buffer.alloc(0);
  const add = (bytes: Buffer) => {
    found.push(bytes.filter((byte) => byte !== 0 && byte !== 0x1a) as Buffer);
    size += bytes.length;
  };
  for await (const chunk of source.read()) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (
      let at = isAscii(bytes) ? -1 : firstNonAscii(bytes, 0);
      at !== -1;
      at = firstNonAscii(bytes, from)
    ) {
      const start = Math.max(from, bytes.lastIndexOf(10, at) + 1);
      const end = bytes.indexOf(10, at);
      const rest = bytes.subarray(start, end === -1 ? bytes.length : end + 1);
      add(start === 0 ? Buffer.concat([line, rest]) : rest);
      line = Buffer.alloc(0);
      from = end === -1 ? bytes.length : end + 1;
      if (size > statisticBytes) break;
    }
    searched += bytes.length;
    if (size > statisticBytes || searched > maxSearchedBytes) break;
    const tail = bytes.subarray(Math.max(from, bytes.lastIndexOf(10) + 1));
    line = from === bytes.length ? Buffer.alloc(0) : tail.subarray(-1_000);
  }
  return Buffer.concat(found).subarray(0, statisticBytes);
}

function firstNonAscii(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) if (bytes[at]! > 0x7f) return at;
  return -1;
}

/** Text in other encodings hardly ever contains valid multi-byte sequences of UTF-8. */
function isMostlyUtf8(lines: Uint8Array): boolean {
  const complete = lines.subarray(0, completeUtf8Length(lines));
  if (isUtf8(complete)) return true;
  const text = Buffer.from(complete).toString("utf8");
  let bad = 0;
  let good = 0;
  for (const character of text) {
    if (character === "\ufffd") bad++;
    else if (character > "\x7f") good++;
  }
  return bad < good * maxDamagedShare || (good > 0 && isJoinedLatin(text));
}

/** Whether a text in UTF-8 was joined with one in Windows-1252, whose letters stand alone among others. */
function isJoinedLatin(text: string): boolean {
  const damaged = text.match(/\ufffd+/g) ?? [];
  const alone = text.match(/(?<=[a-z,;\t\r\n" ])\ufffd(?=[a-z,;\t\r\n" ])/gi) ?? [];
  return alone.length === damaged.length && !/[^\0-\u024f\u2010-\u2044\u20ac\ufffd]/.test(text);
}

/** The number of bytes without an incomplete UTF-8 character at the end. */
export function completeUtf8Length(bytes: Uint8Array): number {
  const length = bytes.length;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back]!;
    if (byte < 0x80) return length;
    if (byte >= 0xc0) {
      const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needs > back ? length - back : length;
    }
  }
  return length;
}
