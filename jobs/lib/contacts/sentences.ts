/** What an import tells, in words. */
import type { Tally } from "../../../server/job.ts";
import { amount, number } from "../amounts.ts";
import { mappedFields } from "./fields.ts";
import type { ContactsFile } from "./open.ts";

/** "Imported 99,812 of 100,000, 188 rows rejected", "Nothing imported: all 6 rows were rejected" */
export function imported({ succeeded, rejected, skipped }: Tally): string {
  const total = succeeded + rejected + skipped;
  if (rejected > 0 && rejected === total) {
    const all = rejected === 1 ? "the only row was" : `all ${amount(rejected, "row")} were`;
    return `Nothing imported: ${all} rejected`;
  }
  const parts = [`Imported ${number(succeeded)} of ${number(total)}`];
  if (rejected > 0) parts.push(rowsRejected(rejected));
  if (skipped > 0) parts.push(`${amount(skipped, "duplicate")} skipped`);
  return parts.join(", ");
}

/** "Mapped E-Mail → Email, Vorname → First name; skipped: Notiz" */
export function fieldsText({ mapping, inspection: { header } }: ContactsFile): string {
  const fields = header.map((_, column) => mapping[column]);
  const read = mappedFields.flatMap(({ name, label }) => {
    const column = fields.indexOf(name);
    return column === -1 ? [] : [`${header[column]} → ${label}`];
  });
  const left = header.filter((_, column) => !fields[column]);
  return `Mapped ${read.join(", ")}${left.length > 0 ? `; skipped: ${left.join(", ")}` : ""}`;
}

/** "99,812 contacts in the file, 188 rows rejected" */
export function foundText(contacts: number, rejected: number): string {
  const found = `${amount(contacts, "contact")} in the file`;
  return rejected > 0 ? `${found}, ${rowsRejected(rejected)}` : found;
}

function rowsRejected(rows: number): string {
  return `${amount(rows, "row")} rejected`;
}

/** @param contacts in the file, where it had been read to its end */
export function keptOf({ succeeded, rejected }: Tally, contacts: number | undefined): string {
  if (succeeded === 0 || contacts === undefined) return "Cancelled before any contact was saved.";
  const of = `${number(succeeded)} of ${number(contacts + rejected)} rows`;
  return `Cancelled after saving ${of}. Saved contacts were kept.`;
}
