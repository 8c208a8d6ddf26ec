const longest = 200;
/** Control characters, halves of letters, and what turns the direction of text around. */
const unwanted = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * The name of a file as it may be shown and offered: without folders, control characters, and those
 * that make "gnp.exe" look like "exe.png". Long ones keep their ending.
 * @param instead what a file is called of whose name nothing is left
 */
export function safeFileName(given: string, instead = "upload"): string {
  const base = given.split(/[/\\]/).at(-1) ?? "";
  const name = shortened(base.replace(unwanted, "").normalize("NFC").trim()).trim();
  return /^\.*$/.test(name) ? instead : name;
}

function shortened(name: string): string {
  const letters = [...name];
  if (letters.length <= longest) return name;
  const ending = /\.[^.]{1,16}$/u.exec(name)?.[0] ?? "";
  return letters.slice(0, longest - [...ending].length).join("") + ending;
}
