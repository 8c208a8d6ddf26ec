/** The orders of a list of contacts. */
import type { ContactRow } from "../backend/schema.ts";

export const contactSorts = ["email", "name", "company", "changed", "newest"] as const;
export type ContactSort = (typeof contactSorts)[number];

const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });

/** Contacts without a name or company come last. Equal ones are in the order of their addresses. */
export function compareContacts(sort: ContactSort): (a: ContactRow, b: ContactRow) => number {
  if (sort === "changed") return (a, b) => b.updated_at - a.updated_at || compareEmails(a, b);
  if (sort === "newest") return (a, b) => b.id - a.id;
  if (sort === "email") return compareEmails;
  const textOf = sort === "name" ? nameOf : (contact: ContactRow) => contact.company ?? "";
  return (a, b) => compareTexts(textOf(a), textOf(b)) || compareEmails(a, b);
}

/** The name as the list shows it. */
function nameOf({ first_name, last_name }: ContactRow): string {
  return [first_name, last_name].filter(Boolean).join(" ");
}

function compareTexts(a: string, b: string): number {
  if (a === "" || b === "") return Number(a === "") - Number(b === "");
  return collator.compare(a, b);
}

function compareEmails(a: ContactRow, b: ContactRow): number {
  return a.email < b.email ? -1 : a.email > b.email ? 1 : 0;
}
