/**
 * Reads the beginning of a file of rejected rows, which is CSV: the columns of the imported file, then
 * one with the reasons, whose header is `reasonHeader`, then cells beyond the header.
 */
import Papa from "papaparse";
import { reasonHeader } from "../job.ts";

export interface RejectedTable {
  header: string[];
  rows: RejectedRow[];
  delimiter: string;
  /** Whether the file has more rows. */
  hasMore: boolean;
}

export interface RejectedRow {
  /** One for each column. */
  cells: string[];
  reason: string;
}

/** Bytes read from the start of a file. */
const maxBytes = 256_000;
const maxRows = 100;
/** More cells than this would make a page slow, and its form too large to send. */
const maxCells = 2_000;

/** @param chunks the file from its start; the rest is not read */
export async function readRejectedTable(chunks: AsyncIterable<Uint8Array>): Promise<RejectedTable> {
  const { text, whole } = await readBeginning(chunks);
  const { data, meta } = Papa.parse<string[]>(text.replace(/^\ufeff/, ""), {
    delimitersToGuess: [",", ";", "\t", "|", "~", "^", ":"],
    skipEmptyLines: "greedy",
  });
  if (!whole) data.pop();
  const [names = [], ...lines] = data;
  const reasonColumn = names.indexOf(reasonHeader);
  const header = names.slice(0, reasonColumn === -1 ? names.length : reasonColumn);
  const limit = Math.min(maxRows, Math.max(1, Math.floor(maxCells / Math.max(1, header.length))));
  return {
    header,
    rows: lines.slice(0, limit).map((cells) => ({
      cells: header.map((_, column) => cells[column] ?? ""),
      reason: cells[reasonColumn] ?? "",
    })),
    delimiter: meta.delimiter,
    hasMore: !whole || lines.length > limit,
  };
}

/** @returns CSV without the reasons; rows without text are left out */
export function formatTable({
  header,
  rows,
  delimiter,
}: Pick<RejectedTable, "header" | "rows" | "delimiter">): string {
  const filled = rows
    .map(({ cells }) => cells)
    .filter((cells) => cells.some((cell) => cell.trim()));
  return `\ufeff${Papa.unparse([header, ...filled], { delimiter })}\r\n`;
}

async function readBeginning(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ text: string; whole: boolean }> {
  const read: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    read.push(chunk);
    size += chunk.length;
    if (size > maxBytes)
      return { text: decode(Buffer.concat(read).subarray(0, maxBytes)), whole: false };
  }
  return { text: decode(Buffer.concat(read)), whole: true };
}

/** `stream` leaves out a character that is cut at the end. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true });
}
