/** One run of a job: its parts, and the reasons to stop it. */
import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { Kind } from "../../job.ts";
import type { RunLimits } from "../../limits.ts";
import type { Storage } from "../../storage/storage.ts";
import type { IdleTime } from "./idle-time.ts";
import type { JobOutput } from "./output-writer.ts";
import type { JobProgress } from "./progress-tracker.ts";
import type { RoomRequest } from "./room-request.ts";
import type { SleepRecord } from "./sleep-record.ts";
import type { WorkFolder } from "./work-folder.ts";

/** The permissions with which a job operates on other jobs. */
export interface JobPolicy {
  list(scope: "mine" | "account"): { accountId: string; userId?: string };
  mayAct(job: Pick<JobRow, "account_id" | "user_id">): boolean;
}

/** @returns undefined if the person is no longer a member of the account */
export type PolicyFor = (userId: string, accountId: string) => Promise<JobPolicy | undefined>;

/**
 * The reason for which a run has to stop. `lost`: another run has claimed the job; `make_room`: another
 * account needs its slot; `sleep`: it gives back its slot for a long sleep.
 */
export type StopReason =
  | "cancel"
  | "pause"
  | "deadline"
  | "shutdown"
  | "lost"
  | "make_room"
  | "sleep";

/** The reason of a run's abort signal. A kind that does not catch it ends as `reason` says. */
export class Stopped extends Error {
  override name = "Stopped";
  readonly reason: StopReason;
  constructor(reason: StopReason) {
    super(`Stopped: ${reason}`);
    this.reason = reason;
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
  readonly output: JobOutput;
  /** Whether another account needs the slot of this run; null for a cleanup, which has none. */
  readonly room: RoomRequest | null;
  readonly sleeps: SleepRecord;
  readonly idle: IdleTime;
  readonly limits: RunLimits;
  readonly folder: WorkFolder;
  /** The environment of programs that the run starts. */
  readonly environment: Readonly<Record<string, string>>;
  /** On the clock of `performance.now()`, which nobody can set. */
  readonly startedAt: number;
}

/** The time that the run has taken, whole ms. */
export function elapsedMs({ startedAt }: Run): number {
  return Math.floor(performance.now() - startedAt);
}

/**
 * Stops a run whose fence is outdated: the job has ended or another run has claimed it.
 * @throws Stopped, which rolls back the transaction in which it is called
 */
export function loseLease(run: Run): never {
  const lost = new Stopped("lost");
  run.abort.abort(lost);
  throw lost;
}

/**
 * Stops a run at a checkpoint if another account needs its slot.
 * @throws Stopped
 */
export function makeRoomIfRequested(run: Run): void {
  if (!run.room?.isPending()) return;
  const stopped = new Stopped("make_room");
  run.abort.abort(stopped);
  throw stopped;
}

/**
 * Gives a job all its retries again, because it got to a new checkpoint. The end of the run saves that,
 * so that a batch writes nothing more; a job that is done keeps the number of its last retries.
 */
export function renewRetries({ row }: Run): void {
  row.retries = 0;
}
