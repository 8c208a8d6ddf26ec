/** GET /contacts/:id/edit: the form of a contact. */
import { type Contact, parseFields, parseTags } from "./contact-values.ts";
import { contactName } from "./contacts.ts";
import { type FieldView, noField } from "./form.ts";
import type { Page } from "./layout.ts";

export interface ContactFormPage extends Page {
  heading: string;
  backHref: string;
  action: string;
  updatedAt: string;
  fields: FieldView[];
  /** Custom fields, the last one with an empty name. */
  customFields: { number: number; name: string; value: string; isNew: boolean; error: string }[];
  /** Names for completion. */
  knownFields: string[];
  /** A sentence about the whole form, or empty. */
  error: string;
}

/** The submitted form, or the contact as it is. */
export interface ContactFormValues {
  email: string;
  first_name: string;
  last_name: string;
  company: string;
  phone: string;
  tags: string;
  custom: readonly (readonly [name: string, value: string])[];
}

export function contactFormValues(contact: Contact): ContactFormValues {
  return {
    email: contact.email,
    first_name: contact.first_name ?? "",
    last_name: contact.last_name ?? "",
    company: contact.company ?? "",
    phone: contact.phone ?? "",
    tags: parseTags(contact.tags).join(", "),
    custom: Object.entries(parseFields(contact.custom_fields)),
  };
}

/** @param form.errors by the name of a field; that of a custom field is `custom_fields.<name>` */
export function contactFormPage(
  contact: Contact,
  form: { values: ContactFormValues; errors?: Readonly<Record<string, string>>; error?: string },
): Omit<ContactFormPage, "layout" | "knownFields"> {
  const { values, errors = {}, error = "" } = form;
  const known = parseFields(contact.custom_fields);
  const custom = values.custom.map(([name, value], at) => {
    const error = errors[`custom_fields.${name}`] ?? "";
    return { number: at + 1, name, value, isNew: !(name in known), error };
  });
  const hasEmpty = custom.some(({ name }) => name === "");
  const empty = { number: custom.length + 1, name: "", value: "", isNew: true, error: "" };
  return {
    heading: contactName(contact) || contact.email,
    backHref: `/contacts/${contact.id}`,
    action: `/contacts/${contact.id}/edit`,
    updatedAt: String(contact.updated_at),
    fields: [
      field("email", "Email", values.email, errors, { type: "email", required: true }),
      field("first_name", "First name", values.first_name, errors),
      field("last_name", "Last name", values.last_name, errors),
      field("company", "Company", values.company, errors),
      field("phone", "Phone", values.phone, errors),
      field("tags", "Tags", values.tags, errors, { help: "Separate tags by commas." }),
    ],
    customFields: hasEmpty ? custom : [...custom, empty],
    error: error || (errors.custom_fields ?? ""),
  };
}

function field(
  name: string,
  label: string,
  value: string,
  errors: Readonly<Record<string, string>>,
  more: Partial<FieldView> = {},
): FieldView {
  return {
    ...noField,
    ...{ name, label, value, type: "text", required: false, error: errors[name] ?? "" },
    ...more,
  };
}
