import type { CsvInspection } from "../csv/inspect.ts";

/** Files that were joined repeat the names of their columns in the middle, in capitals or not. */
export function isRepeatedHeader(
  cells: readonly string[],
  { hasHeader, header }: Pick<CsvInspection, "hasHeader" | "header">,
): boolean {
  return hasHeader && header.every((name, column) => isNamed(cells[column], name, column));
}

function isNamed(cell: string | undefined, name: string, column: number): boolean {
  const text = cell?.trim();
  return text
    ? text === name || text.toLowerCase() === name.toLowerCase()
    : name === `Column ${column + 1}`;
}
