/** Detects an encoding by the statistics of jschardet, corrected where it is known to be wrong. */
import { decode } from "./decode.ts";
import type { Encoding } from "./format.ts";

/** The names that jschardet uses, to ours. Those of Central Europe are checked once more. */
const detectedNames: Record<string, Encoding> = {
  "windows-1250": "windows-1250",
  "windows-1251": "windows-1251",
  "windows-1252": "windows-1252",
  "windows-1253": "windows-1253",
  "windows-1254": "windows-1254",
  "windows-1255": "windows-1255",
  "windows-1256": "windows-1256",
  "windows-1257": "windows-1257",
  "iso-8859-1": "windows-1252",
  "iso-8859-2": "iso-8859-2",
  "iso-8859-5": "windows-1251",
  "iso-8859-9": "windows-1254",
  "iso-8859-15": "windows-1252",
  macroman: "macintosh",
  macintosh: "macintosh",
  maclatin2: "x-mac-ce",
  maccyrillic: "x-mac-cyrillic",
  "x-mac-cyrillic": "x-mac-cyrillic",
  cp850: "cp850",
  cp858: "cp850",
  cp437: "cp437",
  cp852: "cp852",
  cp866: "ibm866",
  ibm866: "ibm866",
  "koi8-r": "koi8-r",
  shift_jis: "shift_jis",
  shift_jis_2004: "shift_jis",
  cp932: "shift_jis",
  "euc-jp": "euc-jp",
  euc_jis_2004: "euc-jp",
  gb18030: "gb18030",
  gb2312: "gb18030",
  gbk: "gb18030",
  big5: "big5",
  big5hkscs: "big5",
  cp950: "big5",
  "euc-kr": "euc-kr",
  cp949: "euc-kr",
};

/** Spanish and French are often taken for Hungarian or Polish: the Western encoding to try first. */
const westernCounterparts: Record<string, Encoding> = {
  "windows-1250": "windows-1252",
  "iso-8859-2": "windows-1252",
  "windows-1257": "windows-1252",
  maclatin2: "macintosh",
  cp852: "cp850",
};
const WESTERN =
  /[àáâäæçèéêëìíîïñòóôöøœßùúûüÿåÀÁÂÄÆÇÈÉÊËÌÍÎÏÑÒÓÔÖØŒÙÚÛÜŸÅ€£©®°·«»“”„‘’‚–—…¿¡ªº\u00a0]/gu;
const NON_ASCII_CHARACTER = /[^\0-\x7f]/gu;
const minWesternShare = 0.98;
/** Words of headers in Central Europe, which outweigh letters that might be Western. */
const CENTRAL_EUROPEAN =
  /imię|nazwisk|miasto|jméno|příjmení|město|meno|priezvisk|vezetéknév|keresztnév|(?:^|[,;\t"])név|cégnév|város|prezime|priimek/iu;

/** Loads jschardet, which is 7 MB, on first use only. @param lines lines with bytes above 0x7f */
export async function detectByLetters(lines: Buffer): Promise<Encoding> {
  const { detectAll } = await import("jschardet");
  const candidates = detectAll(lines, { minimumThreshold: 0 }).flatMap(({ encoding }) => {
    const name = encoding?.toLowerCase().replace(/^x-(?=cp|euc)/, "") ?? "";
    return detectedNames[name] ? [{ name, encoding: detectedNames[name] }] : [];
  });
  const [best] = isLatin(lines)
    ? candidates.filter(({ encoding }) => latin.has(encoding))
    : candidates;
  if (!best) return "windows-1252";
  const western = westernCounterparts[best.name];
  if (!western || CENTRAL_EUROPEAN.test(decode(lines, best.encoding))) return best.encoding;
  return westernShare(decode(lines, western)) >= minWesternShare ? western : best.encoding;
}

const latin = new Set<Encoding>([
  ...["windows-1250", "windows-1252", "windows-1254", "windows-1257", "iso-8859-2"],
  ...["macintosh", "x-mac-ce", "cp850", "cp437", "cp852"],
] as Encoding[]);
const minLonelyShare = 0.7;

/** In Latin script most letters beyond ASCII stand alone between ASCII letters; few prove it. */
function isLatin(lines: Buffer): boolean {
  let lonely = 0;
  let all = 0;
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]! < 0x80) continue;
    all++;
    if ((lines[at - 1] ?? 0) < 0x80 && (lines[at + 1] ?? 0) < 0x80) lonely++;
  }
  return lonely >= all * minLonelyShare;
}

function westernShare(text: string): number {
  const all = text.match(NON_ASCII_CHARACTER)?.length ?? 0;
  return all === 0 ? 1 : (text.match(WESTERN)?.length ?? 0) / all;
}
