/** The fields of a contact, and which column of a file is likely to hold which. */

/** The columns of `contacts` that a file can fill, in the order of a `ContactRow`. */
export const contactFields = [
  { name: "email", label: "Email", longest: 254 },
  { name: "first_name", label: "First name", longest: 200 },
  { name: "last_name", label: "Last name", longest: 200 },
  { name: "company", label: "Company", longest: 200 },
  { name: "phone", label: "Phone", longest: 50 },
] as const;

export type ContactField = (typeof contactFields)[number]["name"];

/** What a column can be mapped to; `full_name` is split into first and last name. */
export type MappedField = ContactField | "full_name";

export const mappedFields: readonly { name: MappedField; label: string }[] = [
  ...contactFields.map(({ name, label }) => ({ name, label })),
  { name: "full_name", label: "Full name" },
];

/** From the number of the column, from 0, as text, to its field; "" for a column that is left out. */
export type Mapping = Record<string, MappedField | "">;
