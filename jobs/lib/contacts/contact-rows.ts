/** Turns rows of a file into contacts, or into the reason why they are rejected. */
import { reasonHeader } from "../../../server/job.ts";
import { restoreCell } from "../csv/spreadsheet-cells.ts";
import { formatNumber } from "../numbers.ts";
import { customFieldNames, maxCustomValue, parseTags, uniqueTags } from "./custom-fields.ts";
import { toE164 } from "./e164.ts";
import { parseEmail } from "./email.ts";
import { contactFields, fieldOfColumn, type Mapping } from "./fields.ts";
import { columnsOf } from "./mapped-columns.ts";
import type { ContactValues } from "./merge-contact.ts";
import { parsePhone } from "./phone.ts";
import { splitName } from "./split-name.ts";

/** A `RunRow` for the external sort: key, order, values. Cells are trimmed; empty cells are null. */
export type ContactRow = [email: string, row: number, ...values: ContactValues];

/** A loss that people should know of, in a row that is imported all the same. */
export type RowNote = "beside-table" | "more-addresses" | "more-phones" | "broken-phone";

export interface ContactParser {
  /**
   * @param onNote is called with what the row holds beyond a contact's fields
   * @returns a contact, or the reason for people; reasons quote nothing of the row, so that equal ones are counted together
   */
  parse(
    cells: readonly string[],
    row: number,
    onNote?: (note: RowNote) => void,
  ): ContactRow | string;
  /** The names of the custom fields that rows had values for, so far. */
  readonly customFields: Set<string>;
  /** The tags so far. */
  readonly tags: Set<string>;
}

const maxLengths = Object.fromEntries(contactFields.map((field) => [field.name, field.maxLength]));
const tooLongReasons = Object.fromEntries(
  contactFields.map((field) => [
    field.name,
    `${field.label} longer than ${field.maxLength} characters`,
  ]),
);
const customTooLong = `A custom field longer than ${formatNumber(maxCustomValue)} characters`;
const otherAddresses = "Other email addresses";
const otherPhones = "Other phone numbers";

/**
 * @param header the names of all columns
 * @throws Refused if no column holds the email, or two columns hold the same field
 */
export function compileMapping(mapping: Mapping, header: readonly string[]): ContactParser {
  const columns = columnsOf(mapping);
  const [emailColumn, first, last, company, phoneColumn] = contactFields.map(
    ({ name }) => columns.get(name) ?? -1,
  );
  const fullName = columns.get("full_name") ?? -1;
  const tagColumns = columnsWith(mapping, header, "tags");
  const customColumns = columnsWith(mapping, header, "custom");
  const customNames = customFieldNames(header, customColumns);
  const namesAreMapped = first !== -1 || last !== -1 || fullName !== -1;
  const customFields = new Set<string>();
  const tags = new Set<string>();

  return { parse, customFields, tags };

  function parse(cells: readonly string[], row: number, onNote?: (note: RowNote) => void) {
    const email = parseEmail(cells[emailColumn!] ?? "");
    if (typeof email === "string") return email;
    const phone = parsePhone(cells[phoneColumn!] ?? "");
    const isBroken = "isBroken" in phone;
    if (isBroken) onNote?.("broken-phone");
    const typed = isBroken ? null : phone.phone;
    const custom = readCustom(cells);
    if (custom === customTooLong) return custom;
    const contact: ContactRow = [
      email.address,
      row,
      cellText(cells, first!),
      cellText(cells, last!),
      cellText(cells, company!),
      typed,
      typed && toE164(typed),
      custom,
      tagColumns.length === 0 ? null : readTags(cells),
    ];
    if (email.others) addOthers(contact, otherAddresses, email.others, "more-addresses");
    if (!isBroken && phone.others) addOthers(contact, otherPhones, phone.others, "more-phones");
    if (fullName !== -1) fillNames(contact, cellText(cells, fullName));
    if (!namesAreMapped && email.name) fillNames(contact, email.name);
    return findTooLong(contact) ?? contact;

    function addOthers(contact: ContactRow, name: string, others: string[], note: RowNote): void {
      onNote?.(note);
      customFields.add(name);
      const fields = JSON.parse(contact[7] ?? "{}");
      contact[7] = JSON.stringify({ ...fields, [name]: others.join(", ") });
    }
  }

  /** @returns JSON, or the reason why the row is rejected */
  function readCustom(cells: readonly string[]): string | null {
    let fields: Record<string, string> | undefined;
    for (let at = 0; at < customColumns.length; at++) {
      const value = cellText(cells, customColumns[at]!);
      if (value === null) continue;
      if (value.length > maxCustomValue) return customTooLong;
      fields ??= {};
      fields[customNames[at]!] = value;
      customFields.add(customNames[at]!);
    }
    return fields ? JSON.stringify(fields) : null;
  }

  /** @returns JSON */
  function readTags(cells: readonly string[]): string | null {
    const found = uniqueTags(tagColumns.flatMap((column) => parseTags(cells[column] ?? "")));
    if (found.length === 0) return null;
    for (const tag of found) tags.add(tag);
    return JSON.stringify(found);
  }
}

function columnsWith(
  mapping: Mapping,
  header: readonly string[],
  field: "tags" | "custom",
): number[] {
  return [...header.keys()].filter(
    (column) => fieldOfColumn(mapping, column) === field && header[column] !== reasonHeader,
  );
}

/** Null for an empty cell, for a row that is too short, and for a field without a column (-1). */
function cellText(cells: readonly string[], column: number): string | null {
  const cell = cells[column];
  if (!cell) return null;
  return restoreCell(cell).trim() || null;
}

/** Separate name columns win over the full name. */
function fillNames(contact: ContactRow, name: string | null): void {
  if (!name) return;
  const { first, last } = splitName(name);
  contact[2] ??= first || null;
  contact[3] ??= last || null;
}

function findTooLong(contact: ContactRow): string | undefined {
  if (isTooLong(contact[2], "first_name")) return tooLongReasons.first_name;
  if (isTooLong(contact[3], "last_name")) return tooLongReasons.last_name;
  if (isTooLong(contact[4], "company")) return tooLongReasons.company;
  if (isTooLong(contact[5], "phone")) return tooLongReasons.phone;
}

function isTooLong(value: string | null, field: string): boolean {
  return value !== null && value.length > maxLengths[field]!;
}
