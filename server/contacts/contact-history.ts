/** The history of a contact: the jobs and people that changed it, from the records of both. */

import { changedIds } from "../../jobs/lib/contacts/contact-changes.ts";
import type { Backend } from "../backend/backend.ts";
import type { ContactRow } from "../backend/schema.ts";
import type { ContactColumns } from "./contact-input.ts";

export type ContactValues = Omit<ContactColumns, "phone_e164">;

export interface ContactEvent {
  /** ms since 1970 */
  at: number;
  /** A job, or a person on a page or through the API. */
  by: { jobId: string } | { userId: string };
  action: "created" | "updated";
  /** The columns that changed, with their values before and after; none of a created contact. */
  changes: { column: keyof ContactValues; before: string | null; after: string | null }[];
}

const maxEvents = 50;
/** Batches of jobs to look through: the addresses of many lie around that of the contact. */
const maxBatches = 100;
const columns = [
  ...(["email", "first_name", "last_name", "company", "phone", "custom_fields", "tags"] as const),
] as const;

type Before = Partial<ContactValues>;
type Recorded = Pick<ContactEvent, "at" | "by" | "action"> & { before: Before };

/** @returns the latest events first. Those of jobs that were deleted after their retention are missing. */
export async function listContactHistory(
  { db }: Pick<Backend, "db">,
  contact: ContactRow,
): Promise<ContactEvent[]> {
  const edits = await listEdits({ db }, contact);
  const emails = [contact.email, ...edits.flatMap(({ before }) => before.email ?? [])];
  const changes = await listChanges({ db }, contact, [...new Set(emails)]);
  const events = [...edits, ...changes].sort((a, b) => b.at - a.at).slice(0, maxEvents);
  return withNewValues(contact, events);
}

/** Going back in time, the old value of one event is the new value of the one before. */
function withNewValues(contact: ContactRow, events: readonly Recorded[]): ContactEvent[] {
  const values: ContactValues = { ...contact };
  return events.map(({ before, ...event }) => {
    const changed = columns.filter((column) => before[column] !== undefined);
    const changes = changed.map((column) => {
      return { column, before: before[column] ?? null, after: values[column] };
    });
    Object.assign(values, before);
    return { ...event, changes };
  });
}

async function listEdits(
  { db }: Pick<Backend, "db">,
  { account_id, id, created_at }: ContactRow,
): Promise<Recorded[]> {
  const rows = await db
    .selectFrom("contact_edits")
    .select(["user_id", "before", "edited_at"])
    .where("account_id", "=", account_id)
    .where("contact_id", "=", id)
    .where("action", "=", "updated")
    // SQLite gives the highest id again once its contact was deleted.
    .where("edited_at", ">=", created_at)
    .orderBy("id", "desc")
    .limit(maxEvents)
    .execute();
  return rows.map(({ user_id, before, edited_at }) => {
    return {
      at: edited_at,
      by: { userId: user_id },
      action: "updated",
      before: JSON.parse(before),
    };
  });
}

/** @param emails the addresses that the contact has had */
async function listChanges(
  { db }: Pick<Backend, "db">,
  contact: ContactRow,
  emails: readonly string[],
): Promise<Recorded[]> {
  const batches = await db
    .selectFrom("contact_changes")
    .select(["job_id", "batch"])
    .where("account_id", "=", contact.account_id)
    .where("changed_at", ">=", contact.created_at)
    .where(({ or, and, eb }) =>
      or(
        emails.map((email) => and([eb("first_email", "<=", email), eb("last_email", ">=", email)])),
      ),
    )
    .orderBy("changed_at", "desc")
    .limit(maxBatches)
    .execute();
  const events: Recorded[] = [];
  for (const { job_id, batch } of batches) {
    if (events.length === maxEvents) break;
    const change = await db
      .selectFrom("contact_changes")
      .select(["changed_at", "created", "updated"])
      .where("job_id", "=", job_id)
      .where("batch", "=", batch)
      .executeTakeFirst();
    if (!change || !changedIds(change).includes(contact.id)) continue;
    const updated: [number, Before][] = JSON.parse(change.updated);
    const before = updated.find(([id]) => id === contact.id)?.[1];
    events.push({
      at: change.changed_at,
      by: { jobId: job_id },
      action: before ? "updated" : "created",
      before: before ?? {},
    });
  }
  return events;
}
