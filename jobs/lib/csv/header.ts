/** Tells whether the first row of a table names its columns. */

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const NUMBER = /^[+-]?[\d .,()/-]*\d[\d .,()/-]*$/;

function kind(cell: string | undefined): "email" | "number" | "text" | "blank" {
  const text = cell?.trim() ?? "";
  if (text === "") return "blank";
  // No address or number is so long, and the patterns would take their time.
  if (text.length > 254) return "text";
  if (EMAIL.test(text)) return "email";
  return NUMBER.test(text) ? "number" : "text";
}

/**
 * A name is no email address. Each column votes: text above addresses, numbers or dates is a name;
 * a number above numbers is not, and neither is a word that comes again below.
 * Where the votes are even, as in a table of nothing but words, the first row is taken for names.
 */
export function looksLikeHeader([first, ...below]: readonly string[][]): boolean {
  if (!first || first.some((cell) => kind(cell) === "email")) return false;
  if (below.length === 0) return !first.some((cell) => kind(cell) === "number");
  let votes = 0;
  first.forEach((name, column) => {
    const kinds = below.map((cells) => kind(cells[column])).filter((found) => found !== "blank");
    const data = (["email", "number"] as const).find(
      (wanted) => kinds.filter((found) => found === wanted).length > kinds.length / 2,
    );
    const named = kind(name);
    if (data && named === "text") votes++;
    if (data && named === data) votes--;
    if (!data && named === "text" && below.some((cells) => cells[column] === name)) votes--;
  });
  return votes >= 0;
}
