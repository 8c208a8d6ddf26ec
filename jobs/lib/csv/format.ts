/** The format of a CSV file; plain JSON, so that a step can return it as its value. */

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";
export type Delimiter = "," | ";" | "\t" | "|";

export interface Dialect {
  delimiter: Delimiter;
  /** Ends a row outside quotes. "\n" includes CRLF and files that mix both. */
  lineEnd: "\n" | "\r";
}

/** A position between two rows. */
export interface FilePosition {
  /** Bytes before it. */
  byte: number;
  /** Rows before it, including the header and blank rows, as a spreadsheet counts. */
  row: number;
}

export interface CsvFormat extends Dialect {
  encoding: Encoding;
  /** Whether the first row names the columns. */
  hasHeader: boolean;
  /** Start of the first row, after the byte order mark and Excel's `sep=` line. */
  start: FilePosition;
}
