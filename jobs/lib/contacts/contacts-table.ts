/** Writes to an account's contacts: how rows are written, the lock, and the counter of the account. */
import { sql } from "kysely";
import type { BatchWrite, Upsert } from "../../../server/job.ts";
import { valueColumns } from "./merge-contact.ts";

/** Writes whole rows, with `created_at` of new ones only. */
export const wholeRow: Upsert = {
  columns: ["account_id", "email", ...valueColumns, "job_id", "updated_at", "created_at"],
  key: ["account_id", "email"],
  update: [...valueColumns, "job_id", "updated_at"],
};

/** Waits until nobody else writes contacts of the account, so that a read in the batch stays true. */
export function lockContacts(write: BatchWrite, accountId: string): Promise<void> {
  return write.lock(`contacts:${accountId}`);
}

/** @param added negative for contacts that were deleted */
export async function addToContactCount(
  { db }: Pick<BatchWrite, "db">,
  accountId: string,
  added: number,
): Promise<void> {
  if (added === 0) return;
  await db
    .updateTable("accounts")
    .set({ contact_count: sql`contact_count + ${added}` })
    .where("id", "=", accountId)
    .execute();
}
