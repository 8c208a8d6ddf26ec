/** Tells people in the log which rows were imported with something left out or in doubt. */
import type { JobContext } from "../../../server/job.ts";
import { formatCount, formatNumber } from "../numbers.ts";
import type { RowNote } from "./contact-rows.ts";

type Note = RowNote | "stray-quote" | "many-lines" | "unreadable" | "repeated-header" | "footer";

const texts: Record<Note, string> = {
  "beside-table": "with cells to the right of the table: they were left out",
  "more-addresses": "with more than one address: the others are in a custom field",
  "more-phones": "with more than one phone number: the others are in a custom field",
  "broken-phone": "with a phone number that a spreadsheet rounded: it was left out",
  "stray-quote": "with a quote that is never closed: it was read as a character",
  unreadable: "with letters that cannot be read in this encoding",
  "repeated-header": "with the column names once more: not imported as contacts",
  footer: "below the table: not imported as contacts",
  "many-lines": "with a cell of 20 or more lines: check the quotes around it",
};
/** Row numbers that are listed for each note. */
const maxListed = 10;

export interface RowNotes {
  add(note: Note, row: number): void;
  /** Writes a line for each kind of note since the last call. */
  flush(): void;
}

export function createRowNotes(job: Pick<JobContext, "log">): RowNotes {
  const rows = new Map<Note, number[]>();
  return {
    add(note, row) {
      const found = rows.get(note);
      if (found) found.push(row);
      else rows.set(note, [row]);
    },
    flush() {
      for (const [note, found] of rows) {
        const listed = found.slice(0, maxListed).map(formatNumber).join(", ");
        const more = found.length > maxListed ? " …" : "";
        job.log(
          `${formatCount(found.length, "row")} ${texts[note]} (${found.length === 1 ? "row" : "rows"} ${listed}${more})`,
          "warn",
        );
      }
      rows.clear();
    },
  };
}
