/** The pages of one contact: GET /contacts/:id, its form, and the question before it is deleted. */
import { formatDateTime, type TimeView } from "../text/dates.ts";
import {
  contactName,
  contactSource,
  type EmailParts,
  emailParts,
  type JobTitles,
  tagHref,
} from "./contacts.ts";
import type { FieldView } from "./form.ts";
import type { Page } from "./layout.ts";

export interface ContactPage extends Page {
  heading: string;
  email: EmailParts;
  mailHref: string;
  /** Company, phones and custom fields that have a value. */
  fields: LabelledValue[];
  tags: { name: string; href: string; removeId: string }[];
  created: TimeView;
  updated: TimeView;
  editHref: string;
  deleteHref: string;
  tagsAction: string;
  /** Names for completion. */
  knownTags: string[];
  history: ContactEventView[];
}

export interface LabelledValue {
  label: string;
  value: string;
}

export interface ContactEventView {
  at: TimeView;
  /** "Created by", "Changed by" */
  verb: string;
  by: string;
  /** The job, if the viewer may see it. */
  href: string | null;
  changes: { label: string; before: string; after: string }[];
}

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

export interface DeleteContactPage extends Page {
  heading: string;
  email: string;
  action: string;
  updatedAt: string;
  backHref: string;
}

export interface Contact {
  id: number;
  email: string;
  first_name: string | null;
  last_name: string | null;
  company: string | null;
  phone: string | null;
  phone_e164: string | null;
  custom_fields: string | null;
  tags: string | null;
  created_at: number;
  updated_at: number;
}

interface Event {
  at: number;
  by: { jobId: string } | { userId: string };
  action: "created" | "updated";
  changes: { column: string; before: string | null; after: string | null }[];
}

/** @param names of the people in the history, by user id */
export function contactPage(
  contact: Contact,
  history: readonly Event[],
  { jobs, names }: { jobs: JobTitles; names: ReadonlyMap<string, string> },
): Omit<ContactPage, "layout" | "knownTags"> {
  const href = `/contacts/${contact.id}`;
  return {
    heading: contactName(contact) || contact.email,
    email: emailParts(contact.email),
    mailHref: `mailto:${encodeURIComponent(contact.email).replace("%40", "@")}`,
    fields: valuesOf(contact),
    tags: parseTags(contact.tags).map((name, at) => {
      return { name, href: tagHref(name), removeId: `remove-tag-${at + 1}` };
    }),
    created: formatDateTime(contact.created_at),
    updated: formatDateTime(contact.updated_at),
    editHref: `${href}/edit`,
    deleteHref: `${href}/delete`,
    tagsAction: `${href}/tags`,
    history: history.map((event) => eventView(event, jobs, names)),
  };
}

function valuesOf(contact: Contact): LabelledValue[] {
  const { company, phone, phone_e164 } = contact;
  const international = phone_e164 === phone ? null : phone_e164;
  const values: [string, string | null][] = [
    ["Company", company],
    ["Phone", phone],
    ["Phone, international", international],
    ...Object.entries(parseFields(contact.custom_fields)),
  ];
  return values.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}

function eventView(
  { at, by, action, changes }: Event,
  jobs: JobTitles,
  names: ReadonlyMap<string, string>,
): ContactEventView {
  const verb = action === "created" ? "Created by" : "Changed by";
  const source =
    "jobId" in by
      ? contactSource(by.jobId, jobs)
      : { text: names.get(by.userId) ?? "a person who has left", href: null };
  return {
    at: formatDateTime(at),
    verb,
    by: source.text,
    href: source.href,
    changes: changes.flatMap(changeViews),
  };
}

const columnLabels: Record<string, string> = {
  email: "Email",
  first_name: "First name",
  last_name: "Last name",
  company: "Company",
  phone: "Phone",
  tags: "Tags",
};

function changeViews({ column, before, after }: Event["changes"][number]) {
  if (column === "custom_fields") return customChanges(parseFields(before), parseFields(after));
  const textOf = (value: string | null) =>
    (column === "tags" ? parseTags(value).join(", ") : value) || "empty";
  return [{ label: columnLabels[column] ?? column, before: textOf(before), after: textOf(after) }];
}

function customChanges(before: Record<string, string>, after: Record<string, string>) {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => before[name] !== after[name])
    .map((label) => {
      return { label, before: before[label] ?? "empty", after: after[label] ?? "empty" };
    });
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

export function deleteContactPage(contact: Contact): Omit<DeleteContactPage, "layout"> {
  return {
    heading: `Delete ${contactName(contact) || contact.email}?`,
    email: contact.email,
    action: `/contacts/${contact.id}/delete`,
    updatedAt: String(contact.updated_at),
    backHref: `/contacts/${contact.id}`,
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
    ...{ name, label, value, error: errors[name] ?? "" },
    ...{ type: "text", checked: false, options: [], required: false, help: "" },
    ...{ accept: "", fileText: "", items: [], condition: null },
    ...more,
  };
}

function parseTags(tags: string | null): string[] {
  return tags ? JSON.parse(tags) : [];
}

/** Without a prototype: a field may be named "constructor". */
function parseFields(fields: string | null): Record<string, string> {
  return Object.assign(Object.create(null), fields ? JSON.parse(fields) : {});
}
