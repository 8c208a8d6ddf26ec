/**
 * Parses text to rows. Our own, because no fast library handles all of: files that mix line ends, a
 * stray quote that damages one cell only, and the exact position of the first incomplete row.
 * Well-formed text gives the same rows as papaparse (a test compares them), at least as fast.
 *
 * Rules: RFC 4180, extended as Excel and Python's `csv` do: a quote inside an unquoted cell is a
 * character; text after a closing quote belongs to the cell (blanks there are dropped), and so do the
 * quotes if it ends with one; blanks before an opening quote are dropped if a delimiter or a line end
 * follows its cell; rows may have any number of cells; a row ends with LF, CRLF, CR or CRCRLF.
 */
import type { Delimiter, Dialect } from "./format.ts";

const QUOTE = 34;
const CR = 13;
const LF = 10;
const SPACE = 32;
const BACKSLASH = 92;
const BYTE_ORDER_MARK = 0xfeff;

export interface ParsedText {
  rows: string[][];
  /** Index of the first incomplete row, or the length of the text. */
  cut: number;
  /** Indexes of the rows in which a quote that opens no cell was read as a character. */
  strayQuotes: number[];
  /** True if a quote after the cut is not closed. */
  hasOpenQuote: boolean;
  /** True if bytes could not be decoded, or the file holds the sign that stands for such bytes. */
  hasUnreadable?: boolean;
  /** Length so far of the last cell after the cut. */
  pending: number;
}

export interface ParseOptions {
  /** Stops after this many rows. */
  maxRows?: number;
}

const BLANKS = /^[ \t]*$/;
/** The rest of `"Bob "Bobby" Ray"` behind the second quote. */
const INNER_QUOTES = /^[^"\s][^"]*(?:"[^"]+)*"[ \t]*$/;
const LINE_END = /\r+\n|\n|\r/;
/** Characters behind a quote that are searched for the one that closes it, before its lines count. */
const windowLength = 64_000;
/** The share of lines behind a stray quote that have as many cells as the table. */
const minEvenShare = 0.9;

/** @param whole true if the text reaches the end of the file: its last row needs no line end */
export function parseRows(
  given: string,
  dialect: Dialect,
  whole: boolean,
  { maxRows = Number.POSITIVE_INFINITY }: ParseOptions = {},
): ParsedText {
  const text = dialect.hasTypographicQuotes ? given.replace(/[“”„‟]/g, '"') : given;
  const { delimiter, escapesQuotes = false } = dialect;
  const rows: string[][] = [];
  const strayQuotes: number[] = [];
  const length = text.length;
  const separator = delimiter.charCodeAt(0);
  let pos = 0;
  let hasOpenQuote = false;
  let pending = 0;
  const nextQuote = finder('"');
  const nextLf = finder("\n");
  const nextCr = finder("\r");

  while (pos < length && rows.length < maxRows) {
    // Concatenated files have the mark of the second one in the middle.
    if (text.charCodeAt(pos) === BYTE_ORDER_MARK) pos++;
    const end = lineEnd(pos);
    if (nextQuote(pos) >= end) {
      const next = afterLineEnd(end);
      if (next === -1) {
        pending = length - Math.max(pos, text.lastIndexOf(delimiter) + 1);
        break;
      }
      rows.push(text.slice(pos, end).split(delimiter));
      pos = next;
      continue;
    }
    const next = quotedRow(pos, end);
    if (next === -1) break;
    pos = next;
  }
  const read = dialect.hasQuotedLines ? rows.map((row) => splitLine(row, delimiter)) : rows;
  return { rows: read, cut: Math.min(pos, length), strayQuotes, hasOpenQuote, pending };

  /** @returns a function that finds the next occurrence from a growing index; `length` if there is none */
  function finder(wanted: string): (from: number) => number {
    let found = -1;
    return (from) => {
      if (found < from) {
        found = text.indexOf(wanted, from);
        if (found === -1) found = length;
      }
      return found;
    };
  }

  function lineEnd(from: number): number {
    return Math.min(nextLf(from), nextCr(from));
  }

  /** @returns the start of the next line, or -1 if more text may belong to this line or its end */
  function afterLineEnd(end: number): number {
    let at = end;
    while (text.charCodeAt(at) === CR) at++;
    if (at === length && !whole) return -1;
    if (text.charCodeAt(at) === LF) return at + 1;
    return end + 1;
  }

  /** Parses a row that may contain quotes. @returns the start of the next row, or -1 if it is incomplete */
  function quotedRow(start: number, firstEnd: number): number {
    const cells: string[] = [];
    let isStray = false;
    let at = start;
    let end = firstEnd;
    for (;;) {
      let cell = "";
      let from = at;
      let open = at;
      while (text.charCodeAt(open) === SPACE) open++;
      if (text.charCodeAt(open) === QUOTE && (open === at || isQuotedCell(open, end))) {
        const { close, escaped } = closingQuote(open);
        // The next piece may begin with the other half of a doubled quote.
        if (close === length - 1 && !whole) {
          pending = length - at;
          return -1;
        }
        const isCharacter = close !== -1 && close < end ? false : isStrayQuote(open, close);
        if (isCharacter === undefined) {
          hasOpenQuote = true;
          pending = length - at;
          return -1;
        }
        if (isCharacter) isStray = true;
        else {
          cell = text.slice(open + 1, close);
          if (escaped || escapesQuotes) cell = unescapeQuotes(cell);
          from = close + 1;
          if (end < from) end = lineEnd(from);
          if (text.charCodeAt(from) === separator) {
            cells.push(cell);
            at = from + 1;
            continue;
          }
        }
      }
      const stop = cellEnd(from, end);
      const isLast = stop === end;
      const next = isLast ? afterLineEnd(end) : 0;
      if (next === -1) {
        pending = length - at;
        return -1;
      }
      const rest = text.slice(from, stop);
      if (from === at) cell = rest;
      else if (INNER_QUOTES.test(rest)) {
        cell = unescapeQuotes(text.slice(open + 1, from) + rest.slice(0, rest.lastIndexOf('"')));
      } else if (rest !== "" && !BLANKS.test(rest)) cell += rest;
      cells.push(cell);
      if (isLast) {
        if (isStray) strayQuotes.push(rows.length);
        rows.push(cells);
        return next;
      }
      at = stop + 1;
    }
  }

  /** Whether a quote behind blanks opens a cell, which ends in the same line, and is no part of a name. */
  function isQuotedCell(open: number, end: number): boolean {
    const { close } = closingQuote(open);
    return (
      close !== -1 && close < end && (close + 1 === end || text.charCodeAt(close + 1) === separator)
    );
  }

  /** @returns the index of the quote that closes the one at `open`, or -1 */
  function closingQuote(open: number): { close: number; escaped: boolean } {
    let escaped = false;
    let close = text.indexOf('"', open + 1);
    while (close !== -1) {
      if (text.charCodeAt(close + 1) === QUOTE) {
        escaped = true;
        close = text.indexOf('"', close + 2);
      } else if (escapesQuotes && isEscaped(close)) {
        escaped = true;
        close = text.indexOf('"', close + 1);
      } else break;
    }
    return { close, escaped };
  }

  function isEscaped(at: number): boolean {
    let before = at;
    while (text.charCodeAt(before - 1) === BACKSLASH) before--;
    return (at - before) % 2 === 1;
  }

  function unescapeQuotes(cell: string): string {
    const single = cell.replaceAll('""', '"');
    return escapesQuotes ? single.replaceAll('\\"', '"').replaceAll("\\\\", "\\") : single;
  }

  /**
   * Recognises a quote that opens no cell, for example that of an inch, which would swallow all rows
   * up to the next quote. Two things give it away: the lines up to there have as many cells as the
   * table, or the quote that would close the cell is followed by more text.
   * @returns undefined if more text is needed
   */
  function isStrayQuote(open: number, close: number): boolean | undefined {
    const { width = 0 } = dialect;
    const isNear = close !== -1 && close - open <= windowLength;
    const windowEnd = isNear ? close : open + windowLength;
    if (!isNear && windowEnd > length) return whole ? true : undefined;
    const window = text.slice(open, windowEnd);
    const lines = window.split(LINE_END).slice(1, -1);
    if (isNear) {
      const next = text[close + 1];
      const isProper = next === undefined || next === delimiter || /[\s]/.test(next);
      if (!isProper) return LINE_END.test(window);
    }
    if (width < 2 || lines.length < (width === 2 ? 10 : 3)) return close === -1 ? undefined : false;
    const even = lines.filter((line) => line === "" || line.split(delimiter).length === width);
    if (even.length >= lines.length * minEvenShare) return true;
    return close === -1 ? undefined : false;
  }

  /** The index of the next delimiter from `from` on, at most the end of the row. */
  function cellEnd(from: number, end: number): number {
    let stop = from;
    while (stop < end && text.charCodeAt(stop) !== separator) stop++;
    return stop;
  }
}

/** A line that stood in quotes as a whole was read as one cell, which holds the cells. */
function splitLine(row: string[], delimiter: Delimiter): string[] {
  return row.length === 1 ? (parseRows(row[0]!, { delimiter }, true).rows[0] ?? [""]) : row;
}
