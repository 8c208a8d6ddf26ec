/** One contact: GET /contacts/:id, and the question before it is deleted. */
import { formatDateTime, type TimeView } from "../text/dates.ts";
import { type Contact, parseFields, parseTags } from "./contact-values.ts";
import {
  contactName,
  contactSource,
  type EmailParts,
  emailParts,
  type JobTitles,
  tagHref,
} from "./contacts.ts";
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

export interface DeleteContactPage extends Page {
  heading: string;
  email: string;
  action: string;
  updatedAt: string;
  backHref: string;
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

export function deleteContactPage(contact: Contact): Omit<DeleteContactPage, "layout"> {
  return {
    heading: `Delete ${contactName(contact) || contact.email}?`,
    email: contact.email,
    action: `/contacts/${contact.id}/delete`,
    updatedAt: String(contact.updated_at),
    backHref: `/contacts/${contact.id}`,
  };
}
