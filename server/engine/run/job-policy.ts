import type { JobRow } from "../../backend/schema.ts";

/** Who may reach what while nobody asks for it; undefined for who does not belong to the account. */
export type PolicyFor = (userId: string, accountId: string) => Promise<JobPolicy | undefined>;

/** What one person may reach. */
export interface JobPolicy {
  list(scope: "mine" | "account"): { accountId: string; userId?: string };
  mayAct(job: Pick<JobRow, "account_id" | "user_id">): boolean;
}
