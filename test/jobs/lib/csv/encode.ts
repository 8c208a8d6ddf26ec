/** Text as the bytes of an encoding, for tests of reading it. */
import iconv from "iconv-lite";
import type { Encoding } from "../../../../jobs/lib/csv/format.ts";

const iconvNames: Partial<Record<Encoding, string>> = {
  "x-mac-cyrillic": "maccyrillic",
  "x-mac-ce": "maccenteuro",
};

export function encode(text: string, encoding: Encoding): Buffer {
  return iconv.encode(text, iconvNames[encoding] ?? encoding);
}
