/** What an import tells, in words. */
import type { Tally } from "../../../server/job.ts";
import { amount, number } from "../amounts.ts";
import { mappedFields } from "./fields.ts";
import type { ContactsFile } from "./open.ts";

/** "Imported 99,812 of 100,000, 188 rows rejected" */
export function imported({ succeeded, rejected, skipped }: Tally): string {
  const parts = [`Imported ${number(succeeded)} of ${number(succeeded + rejected + skipped)}`];
  if (rejected > 0) parts.push(rowsRejected(rejected));
  if (skipped > 0) parts.push(`${amount(skipped, "duplicate")} skipped`);
  return parts.join(", ");
}

/** "Email from “E-Mail”, First name from “Vorname”; not read: “Notiz”" */
export function fieldsText({ mapping, inspection: { header } }: ContactsFile): string {
  const fields = header.map((_, column) => mapping[column]);
  const read = mappedFields.flatMap(({ name, label }) => {
    const column = fields.indexOf(name);
    return column === -1 ? [] : [`${label} from “${header[column]}”`];
  });
  const left = header.filter((_, column) => !fields[column]).map((name) => `“${name}”`);
  return read.join(", ") + (left.length > 0 ? `; not read: ${left.join(", ")}` : "");
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
  if (succeeded === 0 || contacts === undefined) return "Cancelled: no contact had been saved yet";
  const of = `${number(succeeded)} of ${number(contacts + rejected)} rows`;
  return `Cancelled: ${of} had been saved and are kept`;
}
