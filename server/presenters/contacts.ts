/** GET /contacts */
import { formatCount } from "../text/counts.ts";
import { formatDateTime, type TimeView } from "../text/dates.ts";
import type { Page } from "./layout.ts";

export interface ContactsPage extends Page {
  q: string;
  /** "100,000 contacts", "12 contacts match", "0 contacts" */
  countText: string;
  /** True if the account has no contact at all. */
  none: boolean;
  /** "No contacts match “Lovelace”" */
  emptyText: string;
  contacts: ContactView[];
  /** The import that the list is filtered by. */
  job: { id: string; title: string; href: string } | null;
  /** The page without filters. */
  clearHref: string;
  nextHref: string | null;
  firstHref: string | null;
  importHref: string;
}

export interface ContactView {
  name: string;
  email: string;
  company: string;
  phone: string;
  job: { href: string; title: string } | null;
  updated: TimeView;
}

interface Contact {
  email: string;
  first_name: string | null;
  last_name: string | null;
  company: string | null;
  phone: string | null;
  job_id: string;
  updated_at: number;
}

export function contactView(contact: Contact, jobTitle = "a job"): ContactView {
  return {
    name: [contact.first_name, contact.last_name].filter(Boolean).join(" "),
    email: contact.email,
    company: contact.company ?? "",
    phone: contact.phone ?? "",
    job: { href: `/jobs/${contact.job_id}`, title: jobTitle },
    updated: formatDateTime(contact.updated_at),
  };
}

/**
 * For a filtered list. Its total is not counted, because that would read every match.
 * @param shown contacts on this page
 */
export function contactsCountText(
  shown: number,
  { q, hasMore, isFirst }: { q: string; hasMore: boolean; isFirst: boolean },
): string {
  const matching = q ? (shown === 1 ? " matches" : " match") : "";
  if (hasMore && isFirst) return `More than ${shown} contacts${matching}`;
  return `${formatCount(shown, isFirst ? "contacts" : "more contacts")}${matching}`;
}

export function noContactsText(q: string): string {
  return q ? `No contacts match “${q}”` : "No contacts from this import";
}
