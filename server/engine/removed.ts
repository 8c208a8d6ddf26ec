/** What is still told of a job whose time is over. */
import type { Kysely } from "kysely";
import type { ExpiredJobRow, Schema } from "../backend/schema.ts";
import { formatDateTime } from "../text/dates.ts";

export async function findRemoved(
  db: Kysely<Schema>,
  id: string,
): Promise<ExpiredJobRow | undefined> {
  return db.selectFrom("expired_jobs").selectAll().where("id", "=", id).executeTakeFirst();
}

const verbs: Record<string, string> = {
  done: "Finished",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** "Finished on May 3, 14:02 UTC: Imported 72 of 75." */
export function removedText({ status, outcome, finished_at }: ExpiredJobRow): string {
  const what = outcome ? `: ${outcome.replace(/\.$/, "")}` : "";
  return `${verbs[status]} on ${formatDateTime(finished_at).text}${what}.`;
}
