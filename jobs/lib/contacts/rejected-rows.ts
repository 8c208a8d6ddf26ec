/** The rows that were no contacts, given back as the CSV file they came in, with the reason. */
import type { JobContext } from "../../../server/job.ts";
import { BYTE_ORDER_MARK, csvLine } from "../csv/write.ts";
import type { ContactsFile } from "./open.ts";

/** The name above the reasons. */
const REASON = "reason";

/** Ends the name of a file of rows that were rejected before. */
const retried = /(, [\d,]+ rejected rows?|-rejected)$/;

export interface RejectedRow {
  cells: readonly string[];
  reason: string;
}

/** Writes one piece; the same number again replaces it. */
export async function writeRejected(
  { scratch }: JobContext,
  { inspection }: ContactsFile,
  number: number,
  rows: readonly RejectedRow[],
): Promise<void> {
  const { header, delimiter } = inspection;
  let text = "";
  for (const { cells, reason } of rows) text += csvLine(withReason(cells, reason), { delimiter });
  await scratch.write(pieceName(number), [Buffer.from(text)]);

  /** The reason stands below its name also in rows that are shorter or longer than the header. */
  function withReason(cells: readonly string[], reason: string): string[] {
    const inside = Array.from(withoutReason(header), (_, column) => cells[column] ?? "");
    return [...inside, reason, ...cells.slice(header.length)];
  }
}

/** Puts the pieces together into the file that the job leaves, if there are any. */
export async function keepRejected(
  job: JobContext,
  { source, inspection }: ContactsFile,
  pieces: number,
): Promise<void> {
  if (pieces === 0) return;
  const base = source.name.replace(/\.(csv|tsv|txt)$/i, "").replace(retried, "");
  const name = `${base}-rejected.csv`;
  await job.file({ name, type: "text/csv", role: "rejected" }, content());

  async function* content() {
    const { header, delimiter } = inspection;
    yield BYTE_ORDER_MARK + csvLine([...withoutReason(header), REASON], { delimiter });
    for (let number = 0; number < pieces; number++) yield* job.scratch.read(pieceName(number));
  }
}

/** Rows that are rejected again get a new reason in place of the old one. */
function withoutReason(header: readonly string[]): readonly string[] {
  return header.at(-1) === REASON ? header.slice(0, -1) : header;
}

function pieceName(number: number): string {
  return `rejected-${number}`;
}
