/** Which jobs were started since a list of jobs was rendered. */
import type { Kysely } from "kysely";
import type { Schema } from "../backend/schema.ts";
import type { ListTopic, Topic } from "./topics.ts";

/** A page says how many there are, and that many are enough. */
const mostNew = 100;

/**
 * @param who whose lists these are; what they may see was checked
 * @returns the ids, the latest first; a page knows some of them already
 */
export async function newJobs(
  db: Kysely<Schema>,
  { accountId, userId }: { accountId: string; userId: string },
  topics: readonly Topic[],
): Promise<string[]> {
  const lists = topics.filter(isDated);
  if (lists.length === 0) return [];
  const since = Math.min(...lists.map((list) => list.since));
  let jobs = db
    .selectFrom("jobs")
    .select("id")
    .where("account_id", "=", accountId)
    .where("id", ">=", firstIdOf(since));
  if (lists.every(({ scope }) => scope === "mine")) jobs = jobs.where("user_id", "=", userId);
  const rows = await jobs.orderBy("id", "desc").limit(mostNew).execute();
  return rows.map(({ id }) => id);
}

function isDated(topic: Topic): topic is ListTopic & { since: number } {
  return topic.kind === "list" && topic.since !== undefined;
}

/** The first 48 bits of an id are the time of its making, ms (RFC 9562). */
function firstIdOf(time: number): string {
  const hex = Math.min(time, 2 ** 48 - 1)
    .toString(16)
    .padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
