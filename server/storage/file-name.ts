const maxLetters = 200;
/** Control characters, lone surrogates, and marks that change the direction of text. */
const unsafeLetters = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Makes a file name safe to show and to offer for download: strips folders, control characters, and
 * direction marks, which make "gnp.exe" look like "exe.png". A long name is cut but keeps its extension.
 * @param fallback the name where nothing is left of the given one
 */
export function safeFileName(given: string, fallback = "upload"): string {
  const base = given.split(/[/\\]/).at(-1) ?? "";
  const name = truncate(base.replace(unsafeLetters, "").normalize("NFC").trim()).trim();
  return /^\.*$/.test(name) ? fallback : name;
}

function truncate(name: string): string {
  const letters = [...name];
  if (letters.length <= maxLetters) return name;
  const extension = /\.[^.]{1,16}$/u.exec(name)?.[0] ?? "";
  return letters.slice(0, maxLetters - [...extension].length).join("") + extension;
}
