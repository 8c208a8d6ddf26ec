/** How a CSV file is written; all of it JSON, so that a step can keep it as its value. */

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";
export type Delimiter = "," | ";" | "\t" | "|";

export interface Dialect {
  delimiter: Delimiter;
  /** What ends a row outside of quotes. "\n" stands for CRLF too, and for files that mix both. */
  lineEnd: "\n" | "\r";
}

/** A place between two rows. */
export interface Cursor {
  /** Bytes in front of it. */
  byte: number;
  /** Rows in front of it: the header and blank rows count, as in a spreadsheet. */
  row: number;
}

export interface Format extends Dialect {
  encoding: Encoding;
  /** Whether the first row names the columns. */
  hasHeader: boolean;
  /** Where the first row begins: behind the byte order mark and Excel's `sep=` line. */
  start: Cursor;
}
