/** One run of a job as its parts see it: what it holds, and what it may no longer do. */
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { Kind } from "../../job.ts";
import type { Storage } from "../../storage/storage.ts";
import type { JobProgress } from "./progress-tracker.ts";

/** Which jobs of others a person may reach from inside a job. */
export interface JobPolicy {
  list(scope: "mine" | "account"): { accountId: string; userId?: string };
  mayAct(job: Pick<JobRow, "account_id" | "user_id">): boolean;
}

/** @returns undefined if the person does not belong to the account any more */
export type PolicyFor = (userId: string, accountId: string) => Promise<JobPolicy | undefined>;

/** Why a run has to stop. */
export type StopReason = "cancel" | "pause" | "deadline" | "shutdown" | "lost";

/** What `signal.reason` holds; kinds that let it pass end the way it says. */
export class Stopped extends Error {
  override name = "Stopped";
  readonly reason: StopReason;
  constructor(why: StopReason) {
    super(`Stopped: ${why}`);
    this.reason = why;
  }
}

export interface Run {
  readonly row: JobRow;
  readonly kind: Kind;
  readonly backend: Backend;
  readonly storage: Storage;
  readonly catalog: Catalog;
  readonly policyFor: PolicyFor;
  readonly abort: AbortController;
  readonly progress: JobProgress;
}

/**
 * No row matched the fence: another run holds the job, or it ended. This run writes nothing more.
 * Thrown inside a transaction, so that what it wrote before goes too.
 */
export function loseLease(run: Run): never {
  const lost = new Stopped("lost");
  run.abort.abort(lost);
  throw lost;
}
