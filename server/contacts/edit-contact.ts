/** Changes and deletes one contact, as a person or their program asked. */
import { sql } from "kysely";
import type { Backend, WriteTransaction } from "../backend/backend.ts";
import type { AuditSource, ContactEditAction } from "../backend/enums.ts";
import type { ContactRow } from "../backend/schema.ts";
import {
  applyInput,
  type ContactColumns,
  type ContactInput,
  InvalidContact,
} from "./contact-input.ts";
import { additionsOf, addPostings } from "./search/postings.ts";
import { termsOfContact } from "./search/search-terms.ts";

export interface ContactEditor {
  accountId: string;
  userId: string;
  via: AuditSource;
}

/** Somebody has changed the contact since its form was opened. */
export class StaleContact extends Error {
  override name = "StaleContact";
}

export class ContactNotFound extends Error {
  override name = "ContactNotFound";
}

/**
 * A job that would be undone leaves the contact alone from then on.
 * @param input the changes, or what makes them of the stored contact
 * @param expectedUpdatedAt the `updated_at` that the person saw; undefined changes any version
 * @returns the contact after the change
 * @throws InvalidContact, StaleContact, ContactNotFound
 */
export function updateContact(
  backend: Pick<Backend, "now" | "relation" | "write">,
  editor: ContactEditor,
  id: number,
  input: ContactInput | ((contact: ContactRow) => ContactInput),
  expectedUpdatedAt?: number,
): Promise<ContactRow> {
  return backend.write(async (tx) => {
    const contact = await lockContact(tx, editor.accountId, id);
    if (expectedUpdatedAt !== undefined && contact.updated_at !== expectedUpdatedAt)
      throw new StaleContact("Somebody changed this contact after you opened it");
    const columns = applyInput(contact, typeof input === "function" ? input(contact) : input);
    const before = changedColumns(contact, columns);
    if (Object.keys(before).length === 0) return contact;
    if (before.email !== undefined) await assertUnique(tx, editor.accountId, columns.email);
    const at = Math.max(backend.now(), contact.updated_at + 1);
    const after = { ...contact, ...columns, job_id: "", updated_at: at };
    await tx.db
      .updateTable("contacts")
      .set({ ...columns, job_id: "", updated_at: at })
      .where("id", "=", id)
      .execute();
    const { job_id, updated_at } = contact;
    await recordEdit(
      tx,
      editor,
      { contact, action: "updated", at },
      { ...before, job_id, updated_at },
    );
    await addNames(tx, editor.accountId, columns, at);
    const terms = [...termsOfContact(after)].map((term) => [term, [id]] as const);
    await addPostings(tx, backend, editor.accountId, additionsOf(new Map(terms)));
    return after;
  });
}

/** @throws StaleContact, ContactNotFound */
export function deleteContact(
  backend: Pick<Backend, "now" | "write">,
  editor: ContactEditor,
  id: number,
  expectedUpdatedAt?: number,
): Promise<ContactRow> {
  return backend.write(async (tx) => {
    const contact = await lockContact(tx, editor.accountId, id);
    if (expectedUpdatedAt !== undefined && contact.updated_at !== expectedUpdatedAt)
      throw new StaleContact("Somebody changed this contact after you opened it");
    await tx.db.deleteFrom("contacts").where("id", "=", id).execute();
    await tx.db
      .updateTable("accounts")
      .set({ contact_count: sql`contact_count - 1` })
      .where("id", "=", editor.accountId)
      .execute();
    await recordEdit(tx, editor, { contact, action: "deleted", at: backend.now() }, contact);
    return contact;
  });
}

/** Takes the lock that jobs take, so that the contact stays as it is until the transaction ends. */
async function lockContact(
  tx: WriteTransaction,
  accountId: string,
  id: number,
): Promise<ContactRow> {
  await tx.lock(`contacts:${accountId}`);
  const contact = await tx.db
    .selectFrom("contacts")
    .selectAll()
    .where("id", "=", id)
    .executeTakeFirst();
  if (contact?.account_id !== accountId) throw new ContactNotFound("The contact does not exist");
  return contact;
}

function changedColumns(contact: ContactRow, columns: ContactColumns): Partial<ContactColumns> {
  const names = Object.keys(columns) as (keyof ContactColumns)[];
  const changed = names.filter((name) => contact[name] !== columns[name]);
  return Object.fromEntries(changed.map((name) => [name, contact[name]]));
}

async function assertUnique(
  { db }: WriteTransaction,
  accountId: string,
  email: string,
): Promise<void> {
  const other = await db
    .selectFrom("contacts")
    .select("id")
    .where("account_id", "=", accountId)
    .where("email", "=", email)
    .executeTakeFirst();
  if (other) throw new InvalidContact({ email: "Another contact has this email" });
}

async function recordEdit(
  { db }: WriteTransaction,
  { accountId, userId, via }: ContactEditor,
  edit: { contact: ContactRow; action: ContactEditAction; at: number },
  before: Partial<ContactRow>,
): Promise<void> {
  await db
    .insertInto("contact_edits")
    .values({
      ...{ account_id: accountId, contact_id: edit.contact.id, user_id: userId, via },
      ...{ action: edit.action, before: JSON.stringify(before), edited_at: edit.at },
    })
    .execute();
}

/** Adds the names of tags and custom fields that the account does not have yet. */
async function addNames(
  { db }: WriteTransaction,
  accountId: string,
  { tags, custom_fields }: ContactColumns,
  at: number,
): Promise<void> {
  for (const [table, names] of [
    ["contact_tags", JSON.parse(tags ?? "[]") as string[]],
    ["contact_fields", Object.keys(JSON.parse(custom_fields ?? "{}"))],
  ] as const) {
    if (names.length === 0) continue;
    await db
      .insertInto(table)
      .values(names.map((name) => ({ account_id: accountId, name, created_at: at })))
      .onConflict((conflict) => conflict.columns(["account_id", "name"]).doNothing())
      .execute();
  }
}
