/** What is still told of a job whose time is over. */
import type { Kysely } from "kysely";
import type { RemovedJobRow, Schema } from "../backend/schema.ts";
import { formatDateTime } from "../text/dates.ts";

export async function findRemoved(
  db: Kysely<Schema>,
  id: string,
): Promise<RemovedJobRow | undefined> {
  return db.selectFrom("removed_jobs").selectAll().where("id", "=", id).executeTakeFirst();
}

const verbs: Record<string, string> = {
  done: "was done",
  failed: "failed",
  cancelled: "was cancelled",
};

/** "It was done on 3 May, 14:02 UTC: Imported 72 of 75." */
export function removedText({ status, outcome, finished_at }: RemovedJobRow): string {
  const what = outcome ? `: ${outcome.replace(/\.$/, "")}` : "";
  return `It ${verbs[status]} on ${formatDateTime(finished_at).text}${what}.`;
}
