/** Turns rows of a file into contacts, or into the reason why they are rejected. */
import { Refused } from "../../../server/job.ts";
import { unescapeFormula } from "../csv/formulas.ts";
import { parseEmail } from "./email.ts";
import { contactFields, type MappableField, type Mapping, mappableFields } from "./fields.ts";
import { parsePhone } from "./phone.ts";
import { splitName } from "./split-name.ts";

/** A `RunRow` for the external sort: key, order, values. Cells are trimmed; empty cells are null. */
export type ContactRow = [
  email: string,
  row: number,
  firstName: string | null,
  lastName: string | null,
  company: string | null,
  phone: string | null,
];

/** A loss that people should know of, in a row that is imported all the same. */
export type RowNote = "more-addresses" | "broken-phone";

/**
 * @param onNote is called with what was left out of the row
 * @returns a contact, or the reason for people; reasons quote nothing of the row, so that equal ones are counted together
 */
export type ParseContact = (
  cells: readonly string[],
  row: number,
  onNote?: (note: RowNote) => void,
) => ContactRow | string;

const maxLengths = Object.fromEntries(contactFields.map((field) => [field.name, field.maxLength]));
const tooLongReasons = Object.fromEntries(
  contactFields.map((field) => [
    field.name,
    `${field.label} longer than ${field.maxLength} characters`,
  ]),
);

/** @throws Refused if no column holds the email, or two columns hold the same field */
export function compileMapping(mapping: Mapping): ParseContact {
  const columns = columnsOf(mapping);
  const [emailColumn, first, last, company, phoneColumn] = contactFields.map(
    ({ name }) => columns.get(name) ?? -1,
  );
  const fullName = columns.get("full_name") ?? -1;

  const namesAreMapped = first !== -1 || last !== -1 || fullName !== -1;

  return (cells, row, onNote) => {
    const email = parseEmail(cells[emailColumn!] ?? "");
    if (typeof email === "string") return email;
    if (email.hasMore) onNote?.("more-addresses");
    const phone = parsePhone(cells[phoneColumn!] ?? "");
    if ("isBroken" in phone) onNote?.("broken-phone");
    const contact: ContactRow = [
      email.address,
      row,
      cellText(cells, first!),
      cellText(cells, last!),
      cellText(cells, company!),
      "isBroken" in phone ? null : phone.phone,
    ];
    if (fullName !== -1) fillNames(contact, cellText(cells, fullName));
    if (!namesAreMapped && email.name) fillNames(contact, email.name);
    return findTooLong(contact) ?? contact;
  };
}

function columnsOf(mapping: Mapping): Map<MappableField, number> {
  const columns = new Map<MappableField, number>();
  for (const [column, field] of Object.entries(mapping)) {
    if (field === "") continue;
    if (columns.has(field)) {
      const label = mappableFields.find(({ name }) => name === field)?.label ?? field;
      throw new Refused(
        `Two columns are mapped to ${label}`,
        "Choose one of them and skip the other.",
      );
    }
    columns.set(field, Number(column));
  }
  if (!columns.has("email"))
    throw new Refused(
      "No column is mapped to Email",
      "Choose the column with the email addresses.",
    );
  return columns;
}

/** Null for an empty cell, for a row that is too short, and for a field without a column (-1). */
function cellText(cells: readonly string[], column: number): string | null {
  const cell = cells[column];
  if (!cell) return null;
  return unescapeFormula(cell).trim() || null;
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
