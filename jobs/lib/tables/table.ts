/** A table in any format, as the CSV text that it would be saved as. */
import type { ByteSource } from "../../../server/job.ts";

export interface TableSource extends ByteSource {
  /**
   * True for text that was made from a spreadsheet or an address book: UTF-8 without a mark, commas,
   * CRLF, each quote in its place, and a line for each row, also for a blank one.
   */
  isGenerated?: boolean;
  /** True for generated text of the beginning of a file, whose rows are whole. */
  isPart?: boolean;
  /**
   * How far reading is when the text up to `byte` was read, in bytes of `size`. Default: `byte`.
   * The text of a spreadsheet is longer or shorter than its file.
   */
  progressAt?(byte: number): number;
}

export interface Sheet {
  name: string;
  isHidden: boolean;
}

export interface Table {
  source: TableSource;
  /** The sheets of a workbook; empty for other files. */
  sheets: Sheet[];
  /** The name of the sheet that is read. */
  sheet?: string;
}

/** Rows in order. */
export interface RowBatch {
  /** `number` counts from 1, as a spreadsheet does. Rows without cells may be left out. */
  rows: { number: number; cells: string[] }[];
  /** The share of the table up to the last row, 0 to 1. */
  share: number;
}

/** The limits of Excel, which other spreadsheets keep as well. */
export const maxRows = 1_048_576;
export const maxColumns = 16_384;
export const maxCellLength = 32_767;
/** Characters of a row, as `readRows` bounds them. */
export const maxRowLength = 16_000_000;
