import { contactsOf } from "../../accounts/authorize.ts";
import type { ContactRow } from "../../backend/schema.ts";
import type { ContactEditor } from "../../contacts/edit-contact.ts";
import type { Services } from "../../services.ts";
import { HttpError } from "../http-error.ts";
import { actorOf } from "./actor.ts";
import type { RouteContext } from "./layout.ts";

/**
 * Loads the contact of the `:id` in the path.
 * @throws HttpError 404
 */
export async function loadContact(
  c: RouteContext,
  { contacts }: Pick<Services, "contacts">,
): Promise<ContactRow> {
  const { accountId } = contactsOf(c.var.person);
  const id = c.req.param("id") ?? "";
  const contact = /^\d{1,15}$/.test(id) ? await contacts.find(accountId, Number(id)) : undefined;
  if (!contact) throw contactNotFound();
  return contact;
}

export function contactNotFound(): HttpError {
  return new HttpError({
    status: 404,
    title: "Contact not found",
    detail: "This contact doesn't exist, or it was deleted.",
    links: [{ href: "/contacts", text: "All contacts" }],
  });
}

export function contactEditor(c: RouteContext): ContactEditor {
  return { ...contactsOf(c.var.person), ...actorOf(c.var.person) };
}
