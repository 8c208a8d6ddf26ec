/** Recognises the lines that reports have below their table: sums, dates, copyrights. */

const maxRows = 20;
const maxFilledCells = 2;
const WORDS =
  /^\W*(?:(?:grand |sub)?totals?|sum|summe|gesamt|insgesamt|copyright|©|\(c\)|confidential|vertraulich|generated|erstellt|exported|exportiert|printed|report|page|seite|end of|ende)(?!\p{L})/iu;
/** A name alone may be that of a person whose address is missing. */
const SENTENCE = /\d|:|\S+(?:\s+\S+){3}/;

export interface WaitingRow {
  cells: readonly string[];
  row: number;
  reason: string;
}

/** Holds rejected rows back until it is known whether the table goes on behind them. */
export interface Footer {
  readonly isEmpty: boolean;
  /** @returns false if such a row cannot belong to a footer */
  hold(rejected: WaitingRow): boolean;
  /** Ends the wait. @returns the rows that were held, which are no footer */
  release(): WaitingRow[];
  /**
   * Ends the wait at the end of the file.
   * @param lastRow the number of the last row of the table
   */
  end(lastRow: number): { rejected: WaitingRow[]; footer: WaitingRow[] };
}

function isFooter(cells: readonly string[], isApart: boolean): boolean {
  const text = cells.find((cell) => cell.trim() !== "") ?? "";
  return WORDS.test(text) || (isApart && SENTENCE.test(text));
}

/** The name of the report, directly above the other lines of a footer of two or more. */
function isTitle(rows: readonly WaitingRow[], at: number): boolean {
  const [title, next, last] = rows.slice(at, at + 3);
  const follows = next?.row === title!.row + 1 && last?.row === next.row + 1;
  return follows && isFooter(next.cells, false);
}

/** @param width the columns of the table; a list of one column never has a footer */
export function createFooter(width: number): Footer {
  let held: WaitingRow[] = [];
  const take = () => {
    const rows = held;
    held = [];
    return rows;
  };
  return {
    get isEmpty() {
      return held.length === 0;
    },
    hold(rejected) {
      if (held.length === maxRows) return false;
      const filled = rejected.cells.filter((cell) => cell.trim() !== "");
      if (
        filled.length > Math.min(maxFilledCells, width - 1) ||
        filled.some((cell) => cell.includes("@"))
      )
        return false;
      held.push(rejected);
      return true;
    },
    release: take,
    end(lastRow) {
      const rows = take();
      const start = rows.findIndex(({ cells, row }, at) => {
        const isApart = row > (rows[at - 1]?.row ?? lastRow) + 1;
        return isFooter(cells, isApart) || (isApart && isTitle(rows, at));
      });
      const end = start === -1 ? rows.length : start;
      return { rejected: rows.slice(0, end), footer: rows.slice(end) };
    },
  };
}
