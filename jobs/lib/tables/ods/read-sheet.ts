/** Reads the cells of a sheet of an OpenDocument spreadsheet, as text. */
import { Refused } from "../../../../server/job.ts";
import { formatNumber } from "../../numbers.ts";
import { parseXml } from "../parse-xml.ts";
import { maxCellLength, maxColumns, maxRowLength, maxRows, type RowBatch } from "../table.ts";
import type { ZipEntry } from "../zip-archive.ts";

/** Parts of a cell whose text is not the cell's. */
const asides = new Set(["annotation", "ruby-text", "tracked-changes"]);
/** Equal rows are written once, with their number. */
interface RepeatedRow {
  number: number;
  cells: string[];
  times: number;
}

const batchRows = 1_000;
/** A spreadsheet shows these for a number that its column is too narrow for. */
const SHORTENED = /^#{2,}$|E[+-]?\d+$/i;

/**
 * @param index of the sheet, from 0
 * @throws Refused if the sheet is damaged or larger than a spreadsheet allows
 */
export async function* readSheet(
  content: ZipEntry,
  index: number,
  fileName: string,
): AsyncGenerator<RowBatch, void, undefined> {
  let rows: RepeatedRow[] = [];
  let sheet = -1;
  /** A table may stand inside of a cell. */
  let depth = 0;
  let number = 0;
  let rowRepeat = 1;
  let cells: string[] = [];
  let rowLength = 0;
  /** Empty cells before the next that has text. */
  let gap = 0;
  let cellRepeat = 1;
  let cell: Record<string, string> = {};
  let text = "";
  let paragraphs = 0;
  let aside = 0;
  let isText = false;
  const isRead = () => sheet === index && depth === 1;

  function endRow(): void {
    const times = rowRepeat;
    const first = number + 1;
    number += times;
    if (cells.length === 0) return;
    if (number > maxRows) refuse(`has more than ${formatNumber(maxRows)} rows`);
    rows.push({ number: first, cells, times });
  }

  /** A merged cell hides those that it covers, with their text. */
  function endCell(isCovered: boolean): void {
    const shown = isCovered ? "" : textOf(cell, text);
    if (shown === "") {
      gap += cellRepeat;
      return;
    }
    if (cells.length + gap + cellRepeat > maxColumns)
      refuse(`has more than ${formatNumber(maxColumns)} columns`);
    rowLength += shown.length * cellRepeat;
    if (rowLength > maxRowLength) refuse(`has too much text in row ${formatNumber(number + 1)}`);
    for (; gap > 0; gap--) cells.push("");
    for (let times = 0; times < cellRepeat; times++) cells.push(shown);
  }

  function append(more: string): void {
    text += more;
    if (text.length > maxCellLength)
      refuse(`has a cell that is longer than ${formatNumber(maxCellLength)} characters`);
  }

  function refuse(problem: string): never {
    throw new Refused(`${fileName} ${problem}`, "Save the table as CSV and upload that file.");
  }

  const reading = parseXml(content.read(), fileName, {
    open(name, attributes) {
      if (name === "table") {
        if (depth++ === 0) sheet++;
        return;
      }
      if (!isRead()) return;
      if (asides.has(name)) aside++;
      if (aside > 0) return;
      switch (name) {
        case "table-row":
          rowRepeat = repeatOf(attributes["table:number-rows-repeated"]);
          cells = [];
          rowLength = 0;
          gap = 0;
          break;
        case "table-cell":
        case "covered-table-cell":
          cellRepeat = repeatOf(attributes["table:number-columns-repeated"]);
          cell = attributes;
          text = "";
          paragraphs = 0;
          break;
        case "p":
          if (paragraphs++ > 0) append("\n");
          isText = true;
          break;
        case "s":
          append(" ".repeat(Math.min(maxCellLength, repeatOf(attributes["text:c"]))));
          break;
        case "tab":
          append("\t");
          break;
        case "line-break":
          append("\n");
          break;
      }
    },
    text(more) {
      if (isText && aside === 0 && isRead()) append(more);
    },
    close(name) {
      if (name === "table") {
        depth--;
        return;
      }
      if (!isRead()) return;
      if (asides.has(name)) aside--;
      if (aside > 0) return;
      if (name === "p") isText = false;
      else if (name === "table-cell" || name === "covered-table-cell")
        endCell(name !== "table-cell");
      else if (name === "table-row") endRow();
    },
  });
  for await (const bytes of reading) {
    yield* repeatRows(rows, Math.min(1, bytes / content.size));
    rows = [];
    if (sheet > index) return;
  }
}

function* repeatRows(rows: readonly RepeatedRow[], share: number): Generator<RowBatch> {
  let batch: RowBatch["rows"] = [];
  for (const { number, cells, times } of rows) {
    for (let time = 0; time < times; time++) {
      batch.push({ number: number + time, cells });
      if (batch.length < batchRows) continue;
      yield { rows: batch, share };
      batch = [];
    }
  }
  if (batch.length > 0) yield { rows: batch, share };
}

function repeatOf(value: string | undefined): number {
  const times = Number(value ?? 1);
  return Number.isInteger(times) && times > 1 ? times : 1;
}

/** The text that the cell shows; the value where that is shortened, or the program wrote none. */
function textOf(cell: Record<string, string>, text: string): string {
  if (text !== "" && !SHORTENED.test(text)) return text;
  const number = cell["office:value"];
  if (number !== undefined) return number;
  const date = cell["office:date-value"]?.replace(/T00:00:00(?:\.0+)?$/, "").replace("T", " ");
  return (
    text ||
    date ||
    cell["office:string-value"] ||
    cell["office:boolean-value"]?.toUpperCase() ||
    cell["office:time-value"] ||
    ""
  );
}
