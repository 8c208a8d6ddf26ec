/** Detects the encoding of a CSV file from its first bytes. */
import { isUtf8 } from "node:buffer";
import { Refused } from "../../../server/job.ts";
import type { Encoding } from "./format.ts";
import { refuseOtherFormats } from "./other-formats.ts";

export interface DetectedEncoding {
  encoding: Encoding;
  /** Length of the byte order mark. */
  bom: number;
}

/**
 * @param sample the first bytes, about 256 kB; it may end in the middle of a character
 * @throws Refused if this is not text
 */
export function detectEncoding(sample: Uint8Array, name: string): DetectedEncoding {
  refuseOtherFormats(sample, name);
  const [a, b, c, d] = sample;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: "utf-8", bom: 3 };
  if (a === 0xff && b === 0xfe && !(c === 0 && d === 0)) return { encoding: "utf-16le", bom: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: "utf-16be", bom: 2 };

  const wide = classifyZeroBytes(sample);
  if (wide !== "few") {
    if (wide === "many")
      throw new Refused(
        `${name} is not a text file`,
        "Upload a CSV file: text with one row per line.",
      );
    return { encoding: wide, bom: 0 };
  }
  return { encoding: isMostlyUtf8(sample) ? "utf-8" : "windows-1252", bom: 0 };
}

/**
 * Recognises UTF-16 without a byte order mark: most characters of Western text have a zero high byte,
 * so every second byte is zero. Zeros elsewhere, or many control characters, mean a binary file. A few
 * zeros in a large text are an innocent fault of old programs.
 */
function classifyZeroBytes(sample: Uint8Array): "few" | "many" | "utf-16le" | "utf-16be" {
  let even = 0;
  let oddZeros = 0;
  let control = 0;
  for (let at = 0; at < sample.length; at++) {
    const byte = sample[at]!;
    if (byte === 0) at % 2 === 0 ? even++ : oddZeros++;
    else if (byte < 9 || (byte > 13 && byte < 28)) control++;
  }
  const pairs = sample.length / 2;
  if (oddZeros > 0.4 * pairs && even < 0.05 * pairs) return "utf-16le";
  if (even > 0.4 * pairs && oddZeros < 0.05 * pairs) return "utf-16be";
  return even + oddZeros + control > 0.02 * sample.length ? "many" : "few";
}

/**
 * Accepts a few damaged characters: they must not turn every umlaut of the file into two wrong letters.
 * Text in Windows-1252 hardly ever contains valid multi-byte sequences.
 */
function isMostlyUtf8(sample: Uint8Array): boolean {
  const cut = sample.subarray(0, completeUtf8Length(sample));
  if (isUtf8(cut)) return true;
  let bad = 0;
  let good = 0;
  for (const character of Buffer.from(cut).toString("utf8")) {
    if (character === "\ufffd") bad++;
    else if (character > "\x7f") good++;
  }
  return good > 10 * bad;
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
