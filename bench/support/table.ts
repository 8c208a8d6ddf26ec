import type { Row } from "./row.ts";

const heads = ["", "ours", "baseline", "ratio", "limit", "met"];

/** Formats rows as a Markdown table with aligned columns. */
export function table(rows: readonly Row[]): string {
  const cells = [heads, ...rows.map(cellsOf)];
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => row[column]!.length), 3));
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)].join("\n");
}

function cellsOf({ what, ours, baseline, ratio, bar, met }: Row): string[] {
  return [
    what,
    ours,
    baseline,
    ratio === null ? "" : ratio.toFixed(2),
    bar,
    bar && (met ? "yes" : "NO"),
  ];
}
