/** Text as the bytes of an encoding, for tests of reading it. */
import type { Encoding } from "../../../../jobs/lib/csv/format.ts";

export function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === "utf-8") return Buffer.from(text);
  if (encoding === "utf-16le") return Buffer.from(text, "utf16le");
  if (encoding === "utf-16be") return Buffer.from(text, "utf16le").swap16();
  const bytes = Buffer.from(text, "latin1");
  [...text].forEach((character, at) => {
    if (character === "€") bytes[at] = 0x80;
  });
  return bytes;
}
