/** Reads the cells of a sheet of an Excel workbook, as text. */
import { Refused } from "../../../../server/job.ts";
import { formatNumber } from "../../numbers.ts";
import { parseXml } from "../parse-xml.ts";
import { maxCellLength, maxColumns, maxRowLength, maxRows, type RowBatch } from "../table.ts";
import { formatGeneral } from "./format-number.ts";
import { type SharedStrings, tooLong } from "./shared-strings.ts";
import { unescapeText } from "./unescape-text.ts";
import type { Workbook, WorkbookSheet } from "./workbook.ts";

/** Numbers of texts stand in the cells of a batch until those texts were read. */
interface PendingRow {
  number: number;
  cells: (string | number)[];
}

/** @throws Refused if the sheet is damaged or larger than Excel allows */
export async function* readSheet(
  sheet: WorkbookSheet,
  { formats }: Pick<Workbook, "formats">,
  strings: SharedStrings,
  fileName: string,
): AsyncGenerator<RowBatch, void, undefined> {
  let pending: PendingRow[] = [];
  let lastString = -1;
  let row: PendingRow = { number: 0, cells: [] };
  let rowLength = 0;
  let column = -1;
  let type = "n";
  let style = 0;
  let value = "";
  /** Inside of `v`, or of `t` in a text of the cell itself. */
  let isValue = false;
  let phonetic = 0;
  /** Behind the cells there are others called row, of the places of buttons. */
  let part: "before" | "cells" | "behind" = "before";

  function startRow(given: string | undefined): void {
    const number = given === undefined ? row.number + 1 : Number(given);
    // Broken programs number rows twice.
    row = { number: number > row.number ? number : row.number + 1, cells: [] };
    if (!(row.number <= maxRows)) refuse(`has more than ${formatNumber(maxRows)} rows`);
    rowLength = 0;
    column = -1;
  }

  function startCell(attributes: Record<string, string>): void {
    column = attributes.r === undefined ? column + 1 : columnIndex(attributes.r, column + 1);
    if (column >= maxColumns) refuse(`has more than ${formatNumber(maxColumns)} columns`);
    type = attributes.t ?? "n";
    style = attributes.s === undefined ? 0 : Number(attributes.s);
    value = "";
  }

  function endCell(): void {
    const text = cellText();
    if (text === "") return;
    rowLength += typeof text === "string" ? text.length : 1;
    if (rowLength > maxRowLength) refuse(`has too much text in row ${formatNumber(row.number)}`);
    const { cells } = row;
    while (cells.length < column) cells.push("");
    cells[column] = text;
  }

  function cellText(): string | number {
    if (value === "") return "";
    switch (type) {
      case "s": {
        const index = Number(value);
        if (!Number.isInteger(index) || index < 0) return "";
        if (index > lastString) lastString = index;
        return index;
      }
      case "n":
        return (formats[style] ?? formatGeneral)(value.trim());
      case "b":
        return value === "0" || value === "false" ? "FALSE" : "TRUE";
      case "d":
        return value.replace("T", " ").replace(/ 00:00:00(?:\.0+)?$/, "");
      default: {
        const text = unescapeText(value);
        if (text.length > maxCellLength) throw tooLong(fileName);
        return text;
      }
    }
  }

  function refuse(problem: string): never {
    throw new Refused(`${fileName} ${problem}`, "Save the table as CSV and upload that file.");
  }

  const reading = parseXml(sheet.part.read(), fileName, {
    open(name, attributes) {
      if (name === "sheetData") part = "cells";
      if (part !== "cells") return;
      if (name === "c") startCell(attributes);
      else if (name === "v") isValue = true;
      else if (name === "t") isValue = phonetic === 0;
      else if (name === "row") startRow(attributes.r);
      else if (name === "rPh") phonetic++;
    },
    text(text) {
      if (!isValue) return;
      value += text;
      if (value.length > 8 * maxCellLength) throw tooLong(fileName);
    },
    close(name) {
      if (part !== "cells") return;
      if (name === "c") endCell();
      else if (name === "v" || name === "t") isValue = false;
      else if (name === "rPh") phonetic--;
      else if (name === "row" && row.cells.length > 0) pending.push(row);
      else if (name === "sheetData") part = "behind";
    },
  });
  for await (const bytes of reading) {
    if (pending.length > 0) {
      await strings.load(lastString);
      const rows = pending.map(({ number, cells }) => ({ number, cells: cells.map(resolve) }));
      pending = [];
      yield { rows, share: Math.min(1, bytes / sheet.part.size) };
    }
    if (hasEnded()) return;
  }

  function hasEnded(): boolean {
    return part === "behind";
  }

  function resolve(cell: string | number): string {
    return typeof cell === "number" ? strings.get(cell) : cell;
  }
}

/** @param reference "AB12" @returns from 0; `otherwise` if there are no letters */
function columnIndex(reference: string, otherwise: number): number {
  let index = 0;
  let at = 0;
  for (; at < reference.length; at++) {
    const letter = reference.charCodeAt(at) & ~32;
    if (letter < 65 || letter > 90) break;
    index = index * 26 + letter - 64;
  }
  return at === 0 ? otherwise : index - 1;
}
