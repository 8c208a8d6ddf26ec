import type { Backend } from "../backend/backend.ts";
import type { PolicyFor } from "../engine/run/job-policy.ts";
import { can, visibleJobs } from "./authorize.ts";
import { findMembership } from "./members.ts";

/** Lets a job that operates on other jobs do what its owner may do at this time, and no more. */
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
