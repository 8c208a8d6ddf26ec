/** Who may do what: the one place that decides it. What one may not see is answered with 404. */
import type { Person } from "./accounts.ts";

export type Action = "see" | "act" | "download";

/** A job or an upload, or the job of a file. */
export interface OwnedResource {
  account_id: string;
  user_id: string;
}

/** What a role allows with things of others in the same account. */
const actionsOnOthers: Record<Person["role"], readonly Action[]> = {
  owner: ["see", "act", "download"],
  member: [],
};

export function can(person: Actor, action: Action, resource: OwnedResource): boolean {
  if (resource.account_id !== person.accountId) return false;
  return resource.user_id === person.userId || actionsOnOthers[person.role].includes(action);
}

/**
 * The filter of lists and list topics.
 * @param scope what was asked for; who may not see others' jobs gets their own
 */
export function visibleJobs(
  person: Actor,
  scope: "mine" | "account",
): { accountId: string; userId?: string } {
  const { accountId, userId } = person;
  const all = scope === "account" && actionsOnOthers[person.role].includes("see");
  return all ? { accountId } : { accountId, userId };
}

type Actor = Pick<Person, "userId" | "accountId" | "role">;
