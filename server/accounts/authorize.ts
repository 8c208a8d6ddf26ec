/** Authorization: the only place that decides who may do what. Routes answer 404 for the rest. */
import type { Backend } from "../backend/backend.ts";
import type { PolicyFor } from "../engine/run/run.ts";
import { findMembership } from "./members.ts";
import type { Person } from "./person.ts";

export type Action = "see" | "act" | "download";

/** A job, an upload, or a file with the owner of its job. */
export interface OwnedResource {
  account_id: string;
  user_id: string;
}

/** What each role may do with resources of other people in the same account. */
const actionsOnOthers: Record<Person["role"], readonly Action[]> = {
  owner: ["see", "act", "download"],
  member: [],
};

export function can(person: Actor, action: Action, resource: OwnedResource): boolean {
  if (resource.account_id !== person.accountId) return false;
  return resource.user_id === person.userId || actionsOnOthers[person.role].includes(action);
}

/**
 * Returns the filter for lists of jobs.
 * @param scope "account" for all jobs of the account; members get their own jobs in either case
 */
export function visibleJobs(
  person: Actor,
  scope: "mine" | "account",
): { accountId: string; userId?: string } {
  const { accountId, userId } = person;
  const all = scope === "account" && actionsOnOthers[person.role].includes("see");
  return all ? { accountId } : { accountId, userId };
}

/** Everybody in an account may see and change its contacts, as everybody may import them. */
export function contactsOf({ accountId }: Actor): { accountId: string } {
  return { accountId };
}

/** Gives a job that operates on other jobs the rights that its owner has at that time. */
export function policyFor({ db }: Pick<Backend, "db">): PolicyFor {
  return async (userId, accountId) => {
    const member = await findMembership(db, userId);
    if (member?.accountId !== accountId) return undefined;
    const actor = { userId, ...member };
    return {
      list: (scope) => visibleJobs(actor, scope),
      mayAct: (job) => can(actor, "act", job),
    };
  };
}

type Actor = Pick<Person, "userId" | "accountId" | "role">;
