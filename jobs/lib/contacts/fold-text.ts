/** Folds texts so that "Zoë" and "zoe" are equal, for the index, the words of a search and the check. */

const NON_ASCII = /[^\0-\x7f]/;
const ACCENTS = /[\u0300-\u036f]/g;
/** Letters that have no decomposition in Unicode. */
const plainLetters: Record<string, string> = {
  ...{ ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ı: "i", ħ: "h" },
};
const SPECIAL = /[ßæœøđðþłıħ]/g;

/** @returns the text in lower case without accents: "Ångström-Straße" as "angstrom-strasse" */
export function foldText(text: string): string {
  if (!NON_ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(SPECIAL, (letter) => plainLetters[letter]!);
}
