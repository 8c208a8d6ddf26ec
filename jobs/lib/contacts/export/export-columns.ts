/** The columns of an export: fields of a contact in the order that a person chose. */
import { type ContactField, contactFields } from "../fields.ts";

/** The columns of `contacts` that an export reads. */
export interface ExportedContact extends Record<ContactField, string | null> {
  id: number;
  email: string;
  phone_e164: string | null;
  /** JSON object of name and value. */
  custom_fields: string | null;
  /** JSON array. */
  tags: string | null;
  created_at: number;
  updated_at: number;
}

export const exportedColumns = [
  "id",
  ...contactFields.map(({ name }) => name),
  "phone_e164",
  "custom_fields",
  "tags",
  "created_at",
  "updated_at",
] as const;

/** Stands before the name of a custom field: `custom_fields.City`. */
export const customPrefix = "custom_fields.";

export const tagsLabel = "Tags";

/** Fields of every contact. Those that an import would take for custom fields are left out by default. */
export const standardFields = [
  ...contactFields.map(({ name, label }) => ({ name, label, isDefault: true })),
  { name: "tags", label: tagsLabel, isDefault: true },
  { name: "phone_e164", label: "Phone, international", isDefault: false },
  { name: "created_at", label: "Created", isDefault: false },
  { name: "updated_at", label: "Last changed", isDefault: false },
] as const;

type StandardField = (typeof standardFields)[number]["name"];
type TextField = Exclude<StandardField, "tags" | "created_at" | "updated_at">;

export interface ExportColumn {
  /** A standard field, or `custom_fields.City`. */
  name: string;
  label: string;
  /** Whether the column holds phone numbers. */
  isPhone: boolean;
}

const standard = new Map<string, (typeof standardFields)[number]>(
  standardFields.map((field) => [field.name, field]),
);
const phones = new Set(["phone", "phone_e164"]);

/** @param fields names of fields, in order */
export function columnsOfFields(fields: readonly string[]): ExportColumn[] {
  return fields.map((name) => {
    const label = standard.get(name)?.label ?? name.slice(customPrefix.length);
    return { name, label, isPhone: phones.has(name) };
  });
}

/** All default fields, then the custom fields. */
export function defaultFields(customFields: readonly string[]): string[] {
  return [
    ...standardFields.filter(({ isDefault }) => isDefault).map(({ name }) => name),
    ...customFields.map((name) => customPrefix + name),
  ];
}

export function isFieldName(name: string): boolean {
  return standard.has(name) || (name.startsWith(customPrefix) && name.length > customPrefix.length);
}

/** @returns a cell for each column; times in UTC as spreadsheets read them: "2026-11-24 02:00:00" */
export function cellsOf(contact: ExportedContact, columns: readonly ExportColumn[]): string[] {
  const custom = parseCustom(contact);
  return columns.map(({ name }) => {
    if (name.startsWith(customPrefix)) return valueOfCustom(custom, name) ?? "";
    if (name === "tags") return parseTags(contact).join("; ");
    if (name === "created_at" || name === "updated_at") {
      return new Date(contact[name]).toISOString().slice(0, 19).replace("T", " ");
    }
    return contact[name as TextField] ?? "";
  });
}

/** @returns the contact for JSON, with the custom fields in an object of their own */
export function jsonOf(
  contact: ExportedContact,
  columns: readonly ExportColumn[],
): Record<string, unknown> {
  const custom = parseCustom(contact);
  const json: Record<string, unknown> = {};
  const chosen: Record<string, string> = {};
  for (const { name } of columns) {
    if (name.startsWith(customPrefix)) {
      const field = name.slice(customPrefix.length);
      const value = valueOfCustom(custom, name);
      if (value !== undefined) chosen[field] = value;
      json.custom_fields = chosen;
    } else if (name === "tags") json.tags = parseTags(contact);
    else if (name === "created_at" || name === "updated_at") {
      json[name] = new Date(contact[name]).toISOString();
    } else json[name] = contact[name as TextField];
  }
  return json;
}

/** A custom field may be called "constructor". */
function valueOfCustom(custom: Record<string, string>, column: string): string | undefined {
  const name = column.slice(customPrefix.length);
  return Object.hasOwn(custom, name) ? custom[name] : undefined;
}

function parseCustom({ custom_fields }: ExportedContact): Record<string, string> {
  return custom_fields ? JSON.parse(custom_fields) : {};
}

function parseTags({ tags }: ExportedContact): string[] {
  return tags ? JSON.parse(tags) : [];
}
