/** The fields of a contact that a file can fill. */

/** Columns of `contacts`, in the order of a `ContactRow`. */
export const contactFields = [
  { name: "email", label: "Email", maxLength: 254 },
  { name: "first_name", label: "First name", maxLength: 200 },
  { name: "last_name", label: "Last name", maxLength: 200 },
  { name: "company", label: "Company", maxLength: 200 },
  { name: "phone", label: "Phone", maxLength: 50 },
] as const;

export type ContactField = (typeof contactFields)[number]["name"];

/**
 * A field that a column can be mapped to. `full_name` is split into first and last name; `custom`
 * keeps the column as a custom field, which takes its name from the header.
 */
export type MappableField = ContactField | "full_name" | "tags" | "custom";

export const mappableFields: readonly {
  name: MappableField;
  label: string;
  isRequired?: boolean;
  isDefault?: boolean;
}[] = [
  ...contactFields.map(({ name, label }) => ({ name, label, isRequired: name === "email" })),
  { name: "full_name", label: "Full name" },
  { name: "tags", label: "Tags" },
  { name: "custom", label: "Custom field", isDefault: true },
];

/** Fields that several columns can be mapped to. */
export const repeatableFields: ReadonlySet<MappableField> = new Set(["tags", "custom"]);

/**
 * Column index (from 0, as text) to field; "" skips the column. Columns that are not listed are what
 * `others` says, or else custom fields.
 */
export type Mapping = Record<string, MappableField | "">;

/** The key of a mapping that stands for all columns that it does not list. */
export const otherColumns = "others";

/** Columns that nobody named become custom fields, so that nothing of a file is lost. */
export function fieldOfColumn(mapping: Mapping, column: number): MappableField | "" {
  return mapping[column] ?? mapping[otherColumns] ?? "custom";
}
