/** GET /jobs/:id/rejected-rows: the rows that a job rejected, to be mended. */
import type { RejectedTable } from "../storage/rejected-table.ts";
import { formatCount, formatNumber } from "../text/counts.ts";
import type { HiddenField } from "./form.ts";
import type { Page } from "./layout.ts";

export interface RejectedRowsPage extends Page {
  /** "/jobs/0198…" */
  jobHref: string;
  /** "Import contacts, people.csv" */
  job: string;
  /** "Fix 6 rejected rows" */
  heading: string;
  action: string;
  hidden: HiddenField[];
  header: string[];
  rows: MendRowView[];
  /** "The first 100 of 1,019 rows. …", or empty */
  note: string;
  downloadHref: string;
  /** "Retry these 6 rows" */
  button: string;
  error: string;
}

export interface MendRowView {
  reason: string;
  cells: MendCellView[];
}

export interface MendCellView {
  /** Of the input: "cell-3-1". */
  name: string;
  /** For screen readers: "Email, row 4". */
  label: string;
  value: string;
  /** Whether the reason is about this cell. */
  isWrong: boolean;
}

/** @param columnOf returns the column of the cell that a reason is about */
export function rejectedRowsBody(
  { header, rows, hasMore }: RejectedTable,
  total: number,
  columnOf: (reason: string) => number | undefined,
): Pick<RejectedRowsPage, "heading" | "header" | "rows" | "note" | "button"> {
  const shown = formatNumber(rows.length);
  return {
    heading: `Fix ${formatCount(total, "rejected rows")}`,
    header,
    rows: rows.map(({ cells, reason }, row) => {
      const wrong = columnOf(reason);
      return {
        reason,
        cells: cells.map((value, column) => ({
          name: cellName(row, column),
          label: `${header[column]}, row ${row + 1}`,
          value,
          isWrong: column === wrong,
        })),
      };
    }),
    note: hasMore
      ? `These are the first ${shown} of ${formatNumber(total)} rows. To fix all of them, download the file, correct it in a spreadsheet and start a new job with it.`
      : "",
    button: rows.length === 1 ? "Retry this row" : `Retry these ${shown} rows`,
  };
}

export function cellName(row: number, column: number): string {
  return `cell-${row}-${column}`;
}
