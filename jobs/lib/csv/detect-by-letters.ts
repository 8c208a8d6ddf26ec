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
/** "£ukasz" is Łukasz. */
const NO_CURRENCY = /£(?=\p{Ll})/gu;
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
  if (!isLatin(lines)) {
    const best = candidates[0]?.encoding ?? "windows-1252";
    return best === "gb18030" || hasMostlyKana(lines) ? japaneseOr(best, lines) : best;
  }
  const possible = latinEncodings(lines);
  const best = candidates.find(({ encoding }) => possible.has(encoding));
  if (!best) return "windows-1252";
  if (best.encoding === "windows-1252") {
    return looksTurkish(decode(lines, "windows-1252")) ? "windows-1254" : "windows-1252";
  }
  const isCentral = best.encoding === "windows-1250" || best.encoding === "iso-8859-2";
  const encoding = isCentral ? centralEuropean(lines) : best.encoding;
  const western = westernCounterparts[best.name];
  if (!western || CENTRAL_EUROPEAN.test(decode(lines, encoding))) return encoding;
  return westernShare(decode(lines, western)) >= minWesternShare ? western : encoding;
}

const windows: Encoding[] = ["windows-1250", "windows-1252", "windows-1254", "windows-1257"];
const windowsAndIso: Encoding[] = [...windows, "iso-8859-2"];
const macAndDos: Encoding[] = ["macintosh", "x-mac-ce", "cp850", "cp437", "cp852"];
/** Words of Latin letters have more, and the second bytes of East Asian characters fewer. */
const minAsciiShare = 0.4;
/** So many letters of a text in an encoding of Macs or DOS have some below 0xa0. */
const minLettersToTell = 8;

/** Most small letters of Macs and DOS are bytes from 0x80 to 0x9f, most of Windows from 0xc0 up. */
function latinEncodings(lines: Buffer): Set<Encoding> {
  const letters = lines.filter((byte) => byte > 0x7f);
  const isWindows =
    letters.every((byte) => byte >= 0xa0) &&
    (letters.length >= minLettersToTell || letters.every((byte) => byte >= 0xc0));
  return new Set(isWindows ? windowsAndIso : [...windowsAndIso, ...macAndDos]);
}

/**
 * Few letters leave Turkish and Icelandic alike: "Gülþen" is Gülşen. The accents of Icelandic are
 * missing in Turkish.
 */
function looksTurkish(text: string): boolean {
  return /[þÞýÝ]/.test(text) && !/[áéíóúæÁÉÍÓÚÆñÑàèâêôõåÅãÃ]/.test(text);
}

/** The rows of kana in EUC-JP, which other encodings use rarely. */
function hasMostlyKana(lines: Buffer): boolean {
  let kana = 0;
  let all = 0;
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]! < 0xa1) continue;
    all++;
    if (lines[at] === 0xa4 || lines[at] === 0xa5) kana++;
    at++;
  }
  return kana > 0.5 * all;
}

const KANA = /[\u3041-\u30fe]/gu;
/** Characters of names, places and companies, which differ between the countries. */
const JAPANESE =
  /[田山川本中村小大木野島井原藤高橋沢浜崎子郎美太一介東京都府県市区町株式会社日鈴佐伊加渡辺]/gu;
const CHINESE =
  /[王李张刘陈杨黄赵吴周徐孙马朱胡林郭何罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕中国北京上海广州深圳杭省市县区有限公司科技的是不了人在我]/gu;

/** GB18030 and EUC-JP share their bytes, kana included; the characters tell them apart. */
function japaneseOr(best: Encoding, lines: Buffer): Encoding {
  const japanese = decode(lines, "euc-jp");
  if (japanese.includes("\ufffd")) return best;
  const chinese = decode(lines, "gb18030");
  const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const forJapanese = count(japanese, JAPANESE) + count(japanese, KANA);
  return forJapanese > count(chinese, CHINESE) ? "euc-jp" : best;
}

/** In Latin script words with accents hold ASCII letters as well, and signs stand alone. */
function isLatin(lines: Buffer): boolean {
  let ascii = 0;
  let all = 0;
  for (const [word] of lines.toString("latin1").matchAll(/[a-z]*[\x80-\xff][a-z\x80-\xff]*/gi)) {
    if (word.length === 1) continue;
    all += word.length;
    ascii += word.replace(/[\x80-\xff]/g, "").length;
  }
  return ascii >= all * minAsciiShare;
}

/** Š, Ž, Ś, Ź, ą are signs in Windows-1250, where these letters are bytes from 0x80 to 0x9f. */
const ISO_LETTER =
  /[\xa1\xa6\xa9\xac\xae\xb1\xb6](?=[a-z\xc0-\xff])|(?<=[a-z\xc0-\xff])[\xb1\xb6]/i;
/** Beside the Czech ř, ě, ů stand š and ž, and never ą and ľ, which they are in Windows-1250. */
const CZECH = /[\xf8\xec\xf9]/;
const CZECH_ISO = /[\xb9\xbe]/;

function centralEuropean(lines: Buffer): Encoding {
  const text = lines.toString("latin1");
  if (/[\x80-\x9f]/.test(text)) return "windows-1250";
  const isCzechIso = CZECH.test(text) && CZECH_ISO.test(text);
  return isCzechIso || ISO_LETTER.test(text) ? "iso-8859-2" : "windows-1250";
}

function westernShare(text: string): number {
  const all = text.match(NON_ASCII_CHARACTER)?.length ?? 0;
  const western = (text.match(WESTERN)?.length ?? 0) - (text.match(NO_CURRENCY)?.length ?? 0);
  return all === 0 ? 1 : western / all;
}
