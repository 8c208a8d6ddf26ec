/** Writes the rejected rows as a CSV file like the imported one, with the reason in a last column. */
import { type JobContext, reasonHeader } from "../../../server/job.ts";
import { BYTE_ORDER_MARK, formatRow } from "../csv/write-rows.ts";
import type { ContactsFile } from "./contacts-file.ts";

/** Ends the name of a file of rows that were rejected before. */
const retried = /(, [\d,]+ rejected rows?|-rejected)$/;

export interface RejectedRow {
  cells: readonly string[];
  reason: string;
}

/** Writes one piece; a piece of the same number is replaced. */
export async function writeRejectedPiece(
  { scratch }: JobContext,
  { inspection }: ContactsFile,
  number: number,
  rows: readonly RejectedRow[],
): Promise<void> {
  const { header, delimiter } = inspection;
  let text = "";
  for (const { cells, reason } of rows) text += formatRow(withReason(cells, reason), { delimiter });
  await scratch.write(pieceName(number), [Buffer.from(text)]);

  /** Pads short rows and moves surplus cells behind the reason, so that it stays in its column. */
  function withReason(cells: readonly string[], reason: string): string[] {
    const inside = Array.from(withoutReason(header), (_, column) => cells[column] ?? "");
    return [...inside, reason, ...cells.slice(header.length)];
  }
}

/** Joins the pieces into the file of rejected rows; writes none without pieces. */
export async function writeRejectedRows(
  job: JobContext,
  { source, inspection }: ContactsFile,
  pieces: number,
): Promise<void> {
  if (pieces === 0) return;
  const base = source.name.replace(/\.(csv|tsv|txt|xlsx|xlsm|ods|vcf)$/i, "").replace(retried, "");
  const name = `${base}-rejected.csv`;
  await job.file({ name, type: "text/csv", role: "rejected" }, content());

  async function* content() {
    const { header, delimiter } = inspection;
    yield BYTE_ORDER_MARK + formatRow([...withoutReason(header), reasonHeader], { delimiter });
    for (let number = 0; number < pieces; number++) yield* job.scratch.read(pieceName(number));
  }
}

/** A file of rejected rows that is imported again gets new reasons in place of the old ones. */
function withoutReason(header: readonly string[]): readonly string[] {
  return header.at(-1) === reasonHeader ? header.slice(0, -1) : header;
}

function pieceName(number: number): string {
  return `rejected-${number}`;
}
