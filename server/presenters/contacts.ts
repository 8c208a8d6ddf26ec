/** GET /contacts */
import { formatCount, formatNumber } from "../text/counts.ts";
import { formatDateTime, type TimeView } from "../text/dates.ts";
import type { Option } from "./form.ts";
import type { Page } from "./layout.ts";

export interface ContactsPage extends Page {
  q: string;
  sorts: Option[];
  /** Empty for an account without tags. */
  tags: Option[];
  /** "100,000 contacts", "12 contacts match", "0 contacts" */
  countText: string;
  /** Sentences about the list: how it is sorted, and which contacts it leaves out. */
  notes: string[];
  /** True if the account has no contact at all. */
  none: boolean;
  /** "No contacts match “Lovelace”" */
  emptyText: string;
  emptyAdvice: string;
  contacts: ContactView[];
  /** The job that the list is filtered by. */
  job: { id: string; title: string; href: string } | null;
  /** Whether there is a filter to clear. */
  isFiltered: boolean;
  /** The page without filters. */
  clearHref: string;
  firstHref: string | null;
  previousHref: string | null;
  nextHref: string | null;
  importHref: string;
  exportHref: string;
}

export interface ContactView {
  id: number;
  href: string;
  /** The name, or the address of a contact without one. */
  name: string;
  email: EmailParts;
  company: string;
  phone: string;
  tags: { name: string; href: string }[];
  source: ContactSource;
  updated: TimeView;
}

/** An address that breaks before its domain if it is too long for a line. */
export interface EmailParts {
  local: string;
  /** With the @. */
  domain: string;
}

/** Who changed a contact last. */
export interface ContactSource {
  /** "Import contacts, people.csv", "Edited by a person" */
  text: string;
  /** Null for a job that the viewer may not see, and for people. */
  href: string | null;
  /** Whether this was after the job that the list is filtered by. */
  isLater: boolean;
}

interface Contact {
  id: number;
  email: string;
  first_name: string | null;
  last_name: string | null;
  company: string | null;
  phone: string | null;
  tags: string | null;
  job_id: string;
  updated_at: number;
}

/** The jobs that the viewer may see, by id. */
export type JobTitles = ReadonlyMap<string, string>;

export function contactView(contact: Contact, jobs: JobTitles, listedJobId?: string): ContactView {
  const tags: string[] = contact.tags ? JSON.parse(contact.tags) : [];
  return {
    id: contact.id,
    href: `/contacts/${contact.id}`,
    name: contactName(contact) || contact.email,
    email: emailParts(contact.email),
    company: contact.company ?? "",
    phone: contact.phone ?? "",
    tags: tags.map((name) => ({ name, href: tagHref(name) })),
    source: {
      ...contactSource(contact.job_id, jobs),
      isLater: listedJobId !== undefined && contact.job_id !== listedJobId,
    },
    updated: formatDateTime(contact.updated_at),
  };
}

export function contactName({ first_name, last_name }: Pick<Contact, "first_name" | "last_name">) {
  return [first_name, last_name].filter(Boolean).join(" ");
}

export function emailParts(email: string): EmailParts {
  const at = email.lastIndexOf("@");
  return { local: email.slice(0, at), domain: email.slice(at) };
}

export function tagHref(tag: string): string {
  return `/contacts?${new URLSearchParams({ tag })}`;
}

/** @param jobId empty if a person changed the contact */
export function contactSource(jobId: string, jobs: JobTitles): Omit<ContactSource, "isLater"> {
  if (jobId === "") return { text: "Edited by a person", href: null };
  const title = jobs.get(jobId);
  return title ? { text: title, href: `/jobs/${jobId}` } : { text: "Another job", href: null };
}

export function contactsCountText(
  { count, isEstimate }: { count: number; isEstimate: boolean },
  filter: { q: string; tag?: string | undefined },
): string {
  const text = `${isEstimate ? "About " : ""}${formatCount(count, "contacts")}`;
  if (filter.q) return `${text} ${count === 1 ? "matches" : "match"}`;
  return filter.tag ? `${text} with the tag “${filter.tag}”` : text;
}

export function noContactsText({ q, tag }: { q: string; tag?: string | undefined }): string {
  if (q) return `No contacts match “${q}”`;
  return tag ? `No contacts with the tag “${tag}”` : "No contacts from this job";
}

/** @returns how to find more, after a search without a match */
export function searchAdvice(q: string): string {
  if (q === "") return "";
  const words = q.trim().split(/\s+/);
  const isShort = words.some((word) => [...word].length < 3);
  if (isShort) return "Words of one or two letters match only where a word begins.";
  if (words.length > 1) return "Every word must match. Try fewer words.";
  return "Search looks in names, emails, companies, phones, tags and custom fields.";
}

const sortLabels = {
  email: "email",
  name: "name",
  company: "company",
  changed: "last change",
  newest: "newest first",
};

export function sortOptions(sort: keyof typeof sortLabels): Option[] {
  return Object.entries(sortLabels).map(([value, label]) => {
    return {
      value,
      label: `Sort by ${label}`.replace("by newest", "newest"),
      selected: value === sort,
    };
  });
}

export function tagOptions(tags: readonly string[], selected: string | undefined): Option[] {
  if (tags.length === 0 && selected === undefined) return [];
  const all = selected === undefined || tags.includes(selected) ? tags : [selected, ...tags];
  const options = all.map((tag) => ({ value: tag, label: tag, selected: tag === selected }));
  return [{ value: "", label: "Any tag", selected: selected === undefined }, ...options];
}

/** @param later contacts on the page that were changed after the job of the list */
export function listNotes(list: {
  wantedSort: keyof typeof sortLabels;
  sort: keyof typeof sortLabels;
  maxSorted: number;
  unsearched: number;
  later: number;
}): string[] {
  const { wantedSort, sort, maxSorted, unsearched, later } = list;
  const notes: string[] = [];
  if (sort !== wantedSort) {
    const shown = sort === "newest" ? "The newest come first" : "They are sorted by email";
    const max = formatNumber(maxSorted);
    notes.push(
      `${shown}: only up to ${max} contacts can be sorted by ${sortLabels[wantedSort].replace(" first", "")}.`,
    );
  }
  if (unsearched > 0)
    notes.push(
      `${formatCount(unsearched, "contacts")} can't be searched yet. They are being indexed; try again in a minute.`,
    );
  if (later > 0) {
    const verb = later === 1 ? "was" : "were";
    notes.push(`${formatCount(later, "contacts")} on this page ${verb} changed later.`);
  }
  return notes;
}
