/** Which jobs were started since a list of jobs was rendered. */
import type { Kysely } from "kysely";
import type { Schema } from "../backend/schema.ts";
import { firstIdOf } from "../engine/list/first-id.ts";
import { isFinal, statuses } from "../engine/status.ts";
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
  const own = lists.every(({ scope }) => scope === "mine");
  // A range of an index for each status: a page left open for months reads no more than a young one.
  const ranges = statuses.map((status) => {
    let jobs = db
      .selectFrom("jobs")
      .select("id")
      .where("account_id", "=", accountId)
      .where("status", "=", status)
      .where("id", ">=", firstIdOf(since))
      .limit(mostNew);
    if (own) jobs = jobs.where("user_id", "=", userId);
    if (!isFinal(status)) return jobs.where("finished_at", "is", null).orderBy("id", "desc");
    const ended = jobs.where("finished_at", ">=", since).where("hidden_at", "is", null);
    return ended.orderBy("finished_at", "desc").orderBy("id", "desc");
  });
  const found = await Promise.all(ranges.map((jobs) => jobs.execute()));
  const ids = found.flat().map(({ id }) => id);
  return ids.sort().reverse().slice(0, mostNew);
}

function isDated(topic: Topic): topic is ListTopic & { since: number } {
  return topic.kind === "list" && topic.since !== undefined;
}
