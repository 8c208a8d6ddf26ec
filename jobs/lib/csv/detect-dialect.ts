/** Detects the delimiter and the line end of a CSV file. */
import type { Delimiter, Dialect } from "./format.ts";
import { parseRows } from "./parse-rows.ts";

const delimiters: Delimiter[] = [",", ";", "\t", "|"];
const sampleRows = 200;

/** @param text the beginning of the file; its last row may be incomplete */
export function detectDialect(text: string): Dialect {
  const lineEnd = detectLineEnd(text);
  let best: { delimiter: Delimiter; share: number; width: number } | undefined;
  for (const delimiter of delimiters) {
    const found = { delimiter, ...measureConsistency(text, { delimiter, lineEnd }) };
    const better = best ? found.share - best.share || found.width - best.width : found.width - 1;
    if (better > 0) best = found;
  }
  return { delimiter: best?.delimiter ?? ",", lineEnd };
}

/** Ignores line ends inside quotes: old Macs ended rows with CR and used LF within cells. */
function detectLineEnd(text: string): "\n" | "\r" {
  const outside = text.replace(/"[^"]*"/g, "");
  return outside.includes("\r") && !outside.includes("\n") ? "\r" : "\n";
}

/**
 * How consistent a table the delimiter makes: the share of rows as wide as the first row. If the first
 * row has one cell (a title above the table), the most common width counts instead, at half weight.
 * A delimiter that is usually followed by a blank is more likely punctuation and weighs less.
 */
function measureConsistency(text: string, dialect: Dialect): { share: number; width: number } {
  const { rows, cut } = parseRows(text, dialect, false);
  if (rows.length === 0) rows.push(...parseRows(text.slice(cut), dialect, true).rows);
  const table = rows.filter((cells) => cells.length > 1 || cells[0] !== "").slice(0, sampleRows);
  const first = table[0]?.length ?? 1;
  const width = first > 1 ? first : mostCommon(table.map((cells) => cells.length));
  if (width < 2) return { share: 0, width };

  const even = table.filter((cells) => cells.length === width);
  const behind = even.flatMap((cells) => cells.slice(1)).filter((cell) => cell !== "");
  const spaced = behind.filter((cell) => cell.startsWith(" ")).length;
  const weight = (first > 1 ? 1 : 0.5) * (spaced > behind.length / 2 ? 0.8 : 1);
  return { share: (even.length / table.length) * weight, width };
}

function mostCommon(widths: number[]): number {
  const times = new Map<number, number>();
  for (const width of widths) times.set(width, (times.get(width) ?? 0) + 1);
  return [...times].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 1;
}
