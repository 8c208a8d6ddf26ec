/** Changes of a contact by a person or a program, with the rules of an import. */
import {
  maxCustomFields,
  maxCustomValue,
  maxNameLength,
  maxTagLength,
  uniqueTags,
} from "../../jobs/lib/contacts/custom-fields.ts";
import { toE164 } from "../../jobs/lib/contacts/e164.ts";
import { parseEmail } from "../../jobs/lib/contacts/email.ts";
import { contactFields } from "../../jobs/lib/contacts/fields.ts";
import { parsePhone } from "../../jobs/lib/contacts/phone.ts";
import type { ContactRow } from "../backend/schema.ts";

/** Fields that are missing stay as they are; null empties a field. */
export interface ContactInput {
  email?: string | undefined;
  first_name?: string | null | undefined;
  last_name?: string | null | undefined;
  company?: string | null | undefined;
  phone?: string | null | undefined;
  /** All tags, which replace those of the contact. */
  tags?: readonly string[] | undefined;
  /** Values by name, which replace those of the contact; null removes a field. */
  custom_fields?: Readonly<Record<string, string | null>> | undefined;
}

/** The columns that people change. */
export type ContactColumns = Pick<
  ContactRow,
  | "email"
  | "first_name"
  | "last_name"
  | "company"
  | "phone"
  | "phone_e164"
  | "custom_fields"
  | "tags"
>;

/** Values that a contact cannot have. */
export class InvalidContact extends Error {
  override name = "InvalidContact";
  /** Messages by field; a custom field is `custom_fields.<name>`. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(fields: Readonly<Record<string, string>>) {
    super(Object.values(fields)[0]);
    this.fields = fields;
  }
}

const maxTagsOfContact = 100;

/**
 * @returns the columns of the contact with the input
 * @throws InvalidContact
 */
export function applyInput(contact: ContactRow, input: ContactInput): ContactColumns {
  const errors: Record<string, string> = {};
  const { email, first_name, last_name, company, phone, phone_e164, custom_fields, tags } = contact;
  const columns: ContactColumns = {
    ...{ email, first_name, last_name, company, phone, phone_e164, custom_fields, tags },
  };
  for (const { name, label, maxLength } of contactFields) {
    const given = input[name];
    if (given === undefined) continue;
    const text = given?.trim() ?? "";
    if (text.length > maxLength) errors[name] = `${label} longer than ${maxLength} characters`;
    else if (name !== "email") columns[name] = text || null;
  }
  if (input.email !== undefined && !errors.email) {
    const parsed = parseEmail(input.email);
    if (typeof parsed === "string") errors.email = parsed;
    else if (parsed.others) errors.email = "Two emails: a contact has one";
    else columns.email = parsed.address;
  }
  if (input.phone !== undefined && !errors.phone) {
    const parsed = parsePhone(columns.phone ?? "");
    if ("isBroken" in parsed)
      errors.phone = "Digits of this phone number were lost in a spreadsheet";
    else columns.phone_e164 = columns.phone ? toE164(columns.phone) : null;
  }
  if (input.tags) columns.tags = joinTags(input.tags, errors);
  if (input.custom_fields)
    columns.custom_fields = mergeFields(contact, input.custom_fields, errors);
  if (Object.keys(errors).length > 0) throw new InvalidContact(errors);
  return columns;
}

function joinTags(given: readonly string[], errors: Record<string, string>): string | null {
  const tags = uniqueTags(given.map((tag) => tag.trim()).filter((tag) => tag !== ""));
  if (tags.length > maxTagsOfContact) errors.tags = `More than ${maxTagsOfContact} tags`;
  if (tags.some((tag) => tag.length > maxTagLength))
    errors.tags = `A tag longer than ${maxTagLength} characters`;
  return tags.length > 0 ? JSON.stringify(tags) : null;
}

function mergeFields(
  { custom_fields }: ContactRow,
  given: Readonly<Record<string, string | null>>,
  errors: Record<string, string>,
): string | null {
  const fields = new Map<string, string>(Object.entries(JSON.parse(custom_fields ?? "{}")));
  for (const [name, value] of Object.entries(given)) {
    const key = name.trim();
    const text = value?.trim() ?? "";
    if (key === "" && text !== "") errors[`custom_fields.${name}`] = "A field needs a name";
    else if (key.length > maxNameLength)
      errors[`custom_fields.${name}`] = `A name longer than ${maxNameLength} characters`;
    else if (text.length > maxCustomValue)
      errors[`custom_fields.${name}`] = `Longer than ${maxCustomValue} characters`;
    else if (text === "") fields.delete(key);
    else fields.set(key, text);
  }
  if (fields.size > maxCustomFields) errors.custom_fields = `More than ${maxCustomFields} fields`;
  return fields.size > 0 ? JSON.stringify(Object.fromEntries(fields)) : null;
}
