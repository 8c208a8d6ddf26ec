/** Encodes the text of a file, and counts the characters that its encoding does not have. */
import iconv from "iconv-lite";
import { decode } from "./decode.ts";
import { type Encoding, encodingNames } from "./format.ts";

/** Excel reads UTF-8 only behind a byte order mark; other programs may stumble over it. */
export const outputEncodingNames = {
  "utf-8-bom": "UTF-8 with byte order mark, for Excel",
  ...encodingNames,
} as const;

export type OutputEncoding = keyof typeof outputEncodingNames;

export interface EncodedText {
  bytes: Buffer;
  /** Characters that were written as a question mark. */
  replaced: number;
}

/** Encodings that iconv-lite has under another name. */
const iconvNames: Partial<Record<Encoding, string>> = {
  "x-mac-cyrillic": "maccyrillic",
  "x-mac-ce": "maccenteuro",
};
const replacement = "?";
const characters = /./gsu;
/** Whether encodings have a character; the characters of a language are few. */
const known = new Map<Encoding, Map<string, boolean>>();

/** @returns the bytes before the text */
export function byteOrderMark(encoding: OutputEncoding): Buffer {
  if (encoding === "utf-8-bom") return Buffer.from("\ufeff");
  return encoding.startsWith("utf-16")
    ? iconv.encode("\ufeff", encoding, { addBOM: false })
    : Buffer.alloc(0);
}

/** @returns the name as HTTP and the web have it: "utf-8" */
export function charsetOf(encoding: OutputEncoding): Encoding {
  return encoding === "utf-8-bom" ? "utf-8" : encoding;
}

export function encodeText(text: string, outputEncoding: OutputEncoding): EncodedText {
  const encoding = charsetOf(outputEncoding);
  if (encoding === "utf-8") return { bytes: Buffer.from(text), replaced: 0 };
  const bytes = encodeBytes(text, encoding);
  if (decode(bytes, encoding) === text) return { bytes, replaced: 0 };
  let replaced = 0;
  const possible = text.replace(characters, (character) => {
    if (hasCharacter(encoding, character)) return character;
    replaced++;
    return replacement;
  });
  return { bytes: encodeBytes(possible, encoding), replaced };
}

function hasCharacter(encoding: Encoding, character: string): boolean {
  let ofEncoding = known.get(encoding);
  if (!ofEncoding) {
    ofEncoding = new Map();
    known.set(encoding, ofEncoding);
  }
  let has = ofEncoding.get(character);
  if (has === undefined) {
    has = decode(encodeBytes(character, encoding), encoding) === character;
    ofEncoding.set(character, has);
  }
  return has;
}

function encodeBytes(text: string, encoding: Encoding): Buffer {
  return iconv.encode(text, iconvNames[encoding] ?? encoding, { addBOM: false });
}
