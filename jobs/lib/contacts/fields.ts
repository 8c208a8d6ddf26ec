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

/** A field that a column can be mapped to; `full_name` is split into first and last name. */
export type MappableField = ContactField | "full_name";

export const mappableFields: readonly { name: MappableField; label: string }[] = [
  ...contactFields.map(({ name, label }) => ({ name, label })),
  { name: "full_name", label: "Full name" },
];

/** Column index (from 0, as text) to field; "" skips the column. */
export type Mapping = Record<string, MappableField | "">;
