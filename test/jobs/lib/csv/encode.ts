/** Text as the bytes of an encoding, for tests of reading it. */
import iconv from "iconv-lite";
import type { Encoding } from "../../../../jobs/lib/csv/format.ts";

export function encode(text: string, encoding: Encoding): Buffer {
  return iconv.encode(text, encoding === "x-mac-cyrillic" ? "maccyrillic" : encoding);
}
