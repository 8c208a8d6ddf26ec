/** The messages of an import. */
import type { Tally } from "../../../server/job.ts";
import { formatCount, formatNumber } from "../numbers.ts";
import type { ContactsFile } from "./contacts-file.ts";
import { fieldOfColumn, mappableFields } from "./fields.ts";

/** The counts of contacts that an import changed, or would change. */
export interface Comparison {
  created: number;
  updated: number;
  unchanged: number;
}

/**
 * @returns "Imported 99,812 of 100,000 (90,000 created, 9,800 updated, 12 unchanged), 188 rows
 * rejected"; without the brackets if all were created; "Nothing imported: all 6 rows were rejected"
 */
export function importedMessage(
  { succeeded, rejected, skipped }: Tally,
  { created, updated, unchanged }: Comparison,
): string {
  const total = succeeded + rejected + skipped;
  const left = [
    ...(rejected > 0 ? [formatRejected(rejected)] : []),
    ...(skipped > 0 ? [`${formatCount(skipped, "duplicate")} skipped`] : []),
  ];
  if (rejected > 0 && rejected === total) return `Nothing imported: ${allRejected(rejected)}`;
  if (succeeded === 0 && total > 0) return `Nothing imported: ${left.join(", ")}`;
  if (created + updated === 0 && total > 0) {
    return [`Nothing changed: ${formatNumber(unchanged)} unchanged`, ...left].join(", ");
  }
  const imported = `Imported ${formatNumber(succeeded)} of ${formatNumber(total)}`;
  const isAllNew = created === succeeded;
  const parts = [
    ...(created > 0 ? [`${formatNumber(created)} created`] : []),
    ...(updated > 0 ? [`${formatNumber(updated)} updated`] : []),
    ...(unchanged > 0 ? [`${formatNumber(unchanged)} unchanged`] : []),
  ];
  return [isAllNew ? imported : `${imported} (${parts.join(", ")})`, ...left].join(", ");
}

/** "Mapped E-Mail → Email, Vorname → First name; custom fields: City; skipped: Note" */
export function mappingMessage({ mapping, inspection: { header } }: ContactsFile): string {
  const fields = header.map((_, column) => fieldOfColumn(mapping, column));
  const mapped = mappableFields.flatMap(({ name, label }) =>
    name === "custom"
      ? []
      : header.filter((_, column) => fields[column] === name).map((from) => `${from} → ${label}`),
  );
  const custom = header.filter((_, column) => fields[column] === "custom");
  const skipped = header.filter((_, column) => fields[column] === "");
  return [
    `Mapped ${mapped.join(", ")}`,
    ...(custom.length > 0 ? [`custom fields: ${custom.join(", ")}`] : []),
    ...(skipped.length > 0 ? [`skipped: ${skipped.join(", ")}`] : []),
  ].join("; ");
}

/** "Checked: 98,981 new or changed, 12 unchanged, 1,019 rejected"; nothing was imported yet */
export function checkedMessage(
  { created, updated, unchanged }: Comparison,
  rejected: number,
): string {
  const changed = created + updated;
  if (changed + unchanged === 0 && rejected > 0)
    return `Nothing to import: ${allRejected(rejected)}`;
  const parts = [`${changed > 0 ? formatNumber(changed) : "none"} new or changed`];
  if (unchanged > 0) parts.push(`${formatNumber(unchanged)} unchanged`);
  if (rejected > 0) parts.push(`${formatNumber(rejected)} rejected`);
  return `Checked: ${parts.join(", ")}`;
}

/** "99,812 contacts in the file, 188 rows rejected" */
export function foundMessage(contacts: number, rejected: number): string {
  const found = `${formatCount(contacts, "contact")} in the file`;
  return rejected > 0 ? `${found}, ${formatRejected(rejected)}` : found;
}

function formatRejected(rows: number): string {
  return `${formatCount(rows, "row")} rejected`;
}

/** "all 6 rows were rejected" */
function allRejected(rows: number): string {
  return rows === 1 ? "the only row was rejected" : `all ${formatCount(rows, "row")} were rejected`;
}

/** @param contacts in the file; undefined if the job was cancelled before it had read the whole file */
export function cancelledMessage(
  { succeeded, rejected }: Tally,
  contacts: number | undefined,
): string {
  if (succeeded === 0 || contacts === undefined) return "Cancelled before any contact was saved.";
  const of = `${formatNumber(succeeded)} of ${formatNumber(contacts + rejected)} rows`;
  return `Cancelled after saving ${of}. Saved contacts were kept.`;
}

/** "Undid the changes of 99,812 contacts, 3 changed since were left as they are" */
export function undoneMessage({ succeeded, skipped }: Tally): string {
  if (succeeded + skipped === 0) return "Nothing to undo: the import changed no contact";
  if (succeeded === 0) {
    return `Nothing undone: ${formatCount(skipped, "contact")} changed since stay as they are`;
  }
  const undone = `Undid the changes of ${formatCount(succeeded, "contact")}`;
  return skipped > 0
    ? `${undone}, ${formatNumber(skipped)} changed since stay as they are`
    : undone;
}
