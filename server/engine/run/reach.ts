import type { JobRow } from "../../backend/schema.ts";

/** Who may reach what while nobody asks for it; undefined for who does not belong to the account. */
export type Reach = (userId: string, accountId: string) => Promise<Reached | undefined>;

/** What one person may reach. */
export interface Reached {
  list(scope: "mine" | "account"): { accountId: string; userId?: string };
  mayAct(job: Pick<JobRow, "account_id" | "user_id">): boolean;
}
