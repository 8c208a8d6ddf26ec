/** Finds where the table of a file begins, and whether its first row names the columns. */

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const NUMBER = /^[+-]?[\d .,()/-]*\d[\d .,()/-]*$/;
/** Lines of notes above a table; reports of Salesforce have about ten. */
const maxNoteRows = 20;

/** @returns how many of the cells are names of columns that the caller knows */
export type CountKnownNames = (cells: readonly string[]) => number;

function cellType(cell: string | undefined): "email" | "number" | "text" | "blank" {
  const text = cell?.trim() ?? "";
  if (text === "") return "blank";
  // No address or number is this long, and the patterns would be slow.
  if (text.length > 254) return "text";
  if (EMAIL.test(text)) return "email";
  return NUMBER.test(text) ? "number" : "text";
}

/**
 * A row is the header if it has the most known names among the first rows. Without known names the
 * table begins with the first row that fills at least half of its columns.
 * @param rows the first rows, blank ones included
 * @param width the most common number of cells; undefined if there is none
 * @returns the number of rows above the table
 */
export function countNoteRows(
  rows: readonly string[][],
  width: number | undefined,
  countKnownNames: CountKnownNames,
): number {
  let best = { at: -1, names: 0 };
  for (const [at, cells] of rows.slice(0, maxNoteRows).entries()) {
    const names = countKnownNames(cells);
    if (names > best.names && filledCells(cells) >= 2) best = { at, names };
    // Data has begun: what follows is no note.
    if (cells.some((cell) => cellType(cell) === "email") && names === 0) break;
  }
  if (best.at !== -1) return best.at;
  if (width === undefined) return 0;
  const first = rows
    .slice(0, maxNoteRows)
    .findIndex((cells) => cells.length > 1 && filledCells(cells) >= Math.max(2, width / 2));
  return Math.max(0, first);
}

function filledCells(cells: readonly string[]): number {
  return cells.filter((cell) => cell.trim() !== "").length;
}

/**
 * Each column votes: text above addresses or numbers votes for a header. A number above numbers, an
 * address, or a word that recurs below votes against; known names outweigh an address beside them.
 * A tie, as in a table of words only, counts as a header.
 */
export function looksLikeHeader(
  [first, ...below]: readonly string[][],
  countKnownNames: CountKnownNames = () => 0,
): boolean {
  if (!first) return false;
  const names = countKnownNames(first);
  if (below.length === 0)
    return names > 0 || first.every((cell) => !["email", "number"].includes(cellType(cell)));
  let votes = 2 * names;
  first.forEach((name, column) => {
    const types = below
      .map((cells) => cellType(cells[column]))
      .filter((found) => found !== "blank");
    const data = (["email", "number"] as const).find(
      (wanted) => types.filter((found) => found === wanted).length > types.length / 2,
    );
    const type = cellType(name);
    if (data && type === "text") votes++;
    if (data && type === data) votes -= data === "email" ? 3 : 1;
    if (!data && type === "email" && names === 0) votes -= 3;
    if (!data && type === "text" && below.some((cells) => cells[column] === name)) votes--;
  });
  return votes >= 0;
}
