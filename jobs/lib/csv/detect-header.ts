/** Detects whether the first row of a table is a header. */

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const NUMBER = /^[+-]?[\d .,()/-]*\d[\d .,()/-]*$/;

function cellType(cell: string | undefined): "email" | "number" | "text" | "blank" {
  const text = cell?.trim() ?? "";
  if (text === "") return "blank";
  // No address or number is this long, and the patterns would be slow.
  if (text.length > 254) return "text";
  if (EMAIL.test(text)) return "email";
  return NUMBER.test(text) ? "number" : "text";
}

/**
 * A first row with an email address is no header. Otherwise each column votes: text above addresses or
 * numbers votes for a header; a number above numbers, or a word that recurs below, votes against.
 * A tie, as in a table of words only, counts as a header.
 */
export function looksLikeHeader([first, ...below]: readonly string[][]): boolean {
  if (!first || first.some((cell) => cellType(cell) === "email")) return false;
  if (below.length === 0) return !first.some((cell) => cellType(cell) === "number");
  let votes = 0;
  first.forEach((name, column) => {
    const types = below.map((cells) => cellType(cells[column])).filter((each) => each !== "blank");
    const data = (["email", "number"] as const).find(
      (type) => types.filter((each) => each === type).length > types.length / 2,
    );
    const named = cellType(name);
    if (data && named === "text") votes++;
    if (data && named === data) votes--;
    if (!data && named === "text" && below.some((cells) => cells[column] === name)) votes--;
  });
  return votes >= 0;
}
