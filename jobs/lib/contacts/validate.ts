/** Turns rows of a file into contacts, or into the reason why not. */
import { Refused } from "../../../server/job.ts";
import { unharmed } from "../csv/formulas.ts";
import { isEmailAddress } from "./email.ts";
import { contactFields, type MappedField, type Mapping, mappedFields } from "./fields.ts";
import { splitName } from "./names.ts";

/** Fits `sorted-runs.ts`: the key, the order, the rest. Everything trimmed, empty cells null. */
export type ContactRow = [
  email: string,
  row: number,
  firstName: string | null,
  lastName: string | null,
  company: string | null,
  phone: string | null,
];

/** @returns a contact, or the reason people read; reasons hold nothing of the row, so they can be counted */
export type ReadContact = (cells: readonly string[], row: number) => ContactRow | string;

const longest = Object.fromEntries(contactFields.map((field) => [field.name, field.longest]));
const tooLong = Object.fromEntries(
  contactFields.map((field) => [
    field.name,
    `${field.label} longer than ${field.longest} characters`,
  ]),
);

/** @throws Refused where no column holds the email, or two columns the same field */
export function compileMapping(mapping: Mapping): ReadContact {
  const columns = columnsOf(mapping);
  const [email, first, last, company, phone] = contactFields.map(
    ({ name }) => columns.get(name) ?? -1,
  );
  const fullName = columns.get("full_name") ?? -1;

  return (cells, row) => {
    const address = text(cells, email!)?.toLowerCase();
    if (!address) return "Missing email";
    if (address.length > longest.email!) return tooLong.email!;
    if (!isEmailAddress(address)) return "Invalid email";
    const contact: ContactRow = [
      address,
      row,
      text(cells, first!),
      text(cells, last!),
      text(cells, company!),
      text(cells, phone!),
    ];
    if (fullName !== -1) fillNames(contact, text(cells, fullName));
    return overlong(contact) ?? contact;
  };
}

function columnsOf(mapping: Mapping): Map<MappedField, number> {
  const columns = new Map<MappedField, number>();
  for (const [column, field] of Object.entries(mapping)) {
    if (field === "") continue;
    if (columns.has(field)) {
      const label = mappedFields.find(({ name }) => name === field)?.label ?? field;
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

/** A row may be shorter than the header, and a mapping may leave a field out (column -1). */
function text(cells: readonly string[], column: number): string | null {
  const cell = cells[column];
  if (!cell) return null;
  return unharmed(cell).trim() || null;
}

/** Columns of their own win over the whole name. */
function fillNames(contact: ContactRow, name: string | null): void {
  if (!name) return;
  const { first, last } = splitName(name);
  contact[2] ??= first || null;
  contact[3] ??= last || null;
}

function overlong(contact: ContactRow): string | undefined {
  if (isLonger(contact[2], "first_name")) return tooLong.first_name;
  if (isLonger(contact[3], "last_name")) return tooLong.last_name;
  if (isLonger(contact[4], "company")) return tooLong.company;
  if (isLonger(contact[5], "phone")) return tooLong.phone;
}

function isLonger(value: string | null, field: string): boolean {
  return value !== null && value.length > longest[field]!;
}
