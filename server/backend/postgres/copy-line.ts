import type { Cell } from "../table-transfer.ts";

const SPECIAL = /[\\\n\r\t]/;
const escapes: Record<string, string> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A line in the text format of COPY: https://www.postgresql.org/docs/current/sql-copy.html */
export function copyLine(row: readonly Cell[]): string {
  let line = copyCell(row[0]!);
  for (let at = 1; at < row.length; at++) line += `\t${copyCell(row[at]!)}`;
  return `${line}\n`;
}

function copyCell(cell: Cell): string {
  if (cell === null) return "\\N";
  if (typeof cell === "number") return String(cell);
  if (typeof cell !== "string") return `\\\\x${Buffer.from(cell).toString("hex")}`;
  return SPECIAL.test(cell) ? cell.replace(/[\\\n\r\t]/g, (c) => escapes[c]!) : cell;
}
