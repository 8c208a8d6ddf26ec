/** Decodes text of the encodings in `format.ts`. */
import iconv from "iconv-lite";
import type { Encoding } from "./format.ts";

/** Encodings in which a character may take several bytes; line ends, quotes and commas take one. */
const multiByte = new Set<Encoding>(["shift_jis", "euc-jp", "gb18030", "big5", "euc-kr"]);
/** Encodings that `TextDecoder` does not know (https://encoding.spec.whatwg.org), as iconv-lite calls them. */
const iconvNames: Partial<Record<Encoding, string>> = {
  cp850: "cp850",
  cp437: "cp437",
  cp852: "cp852",
  "x-mac-ce": "maccenteuro",
};
const decoders = new Map<Encoding, InstanceType<typeof TextDecoder>>();

export function isMultiByte(encoding: Encoding): boolean {
  return multiByte.has(encoding);
}

/**
 * Decodes bytes that begin and end between two characters. In an encoding of one byte a character the
 * text is as long as the bytes.
 */
export function decode(bytes: Uint8Array, encoding: Encoding): string {
  const iconvName = iconvNames[encoding];
  if (iconvName) return iconv.decode(bytes, iconvName);
  let decoder = decoders.get(encoding);
  if (!decoder) {
    decoder = new TextDecoder(encoding, { ignoreBOM: true });
    decoders.set(encoding, decoder);
  }
  return decoder.decode(bytes);
}
