const longest = 200;

/**
 * The name of a file as it may be shown and offered: without folders, control characters, and those
 * that turn the direction of text around ("gnp.exe" shown as "exe.png"). Long ones keep their ending.
 * @param instead what a name is called that has nothing left
 */
export function safeFileName(given: string, instead = "upload"): string {
  const base = given.normalize("NFC").split(/[/\\]/).at(-1) ?? "";
  const name = base.replace(/[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "").trim();
  if (/^\.*$/.test(name)) return instead;
  const letters = [...name];
  if (letters.length <= longest) return name;
  const ending = /\.[^.]{1,16}$/u.exec(name)?.[0] ?? "";
  return letters.slice(0, longest - [...ending].length).join("") + ending;
}
