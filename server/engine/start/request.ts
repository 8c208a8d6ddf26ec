/** The request to start a job, its result, and the errors that a start throws. */

import type { WriteTransaction } from "../../backend/backend.ts";
import type { AuditSource } from "../../backend/enums.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { StartLimits } from "../../limits.ts";

/** A run of a schedule. */
export interface ScheduledRun {
  scheduleId: string;
  /** Time of the schedule, ms since 1970; null for a run that a person asked for. */
  plannedAt: number | null;
  /** Earlier times for which nothing ran, and for which this run stands. */
  missed: number;
}

export interface StartRequest {
  kind: string;
  input: Record<string, unknown>;
  accountId: string;
  userId: string;
  /** A second start with the same key by the same user returns the same job. */
  idempotencyKey?: string | undefined;
  /** A second start with the same key and `retryOf` returns the same job, whoever sends it. */
  sharesKey?: boolean | undefined;
  /** Time at which the job is due, ms since 1970. Default: now. */
  runAt?: number | undefined;
  retryOf?: string | undefined;
  /** Only this part of the job `retryOf` is repeated. */
  only?: "failed" | undefined;
  /** The job that offers this one, which is withdrawn in the same transaction. */
  followUpOf?: { jobId: string; name: string } | undefined;
  scheduled?: ScheduledRun | undefined;
  /** Writes first in the transaction of the start. An error that it throws prevents the start. */
  before?: ((tx: WriteTransaction) => Promise<void>) | undefined;
  /** Writes last in the transaction of the start, unless the key was used before. */
  after?: ((tx: WriteTransaction, job: JobRow) => Promise<void>) | undefined;
  /** The person edited the input of the job `retryOf`. */
  changed?: boolean | undefined;
  /**
   * The uploads that the input may name: those of an account, or of one person in it. Default: all of
   * the account, for the input of an earlier job.
   */
  uploadsOf?: { accountId: string; userId?: string } | undefined;
  /** Default: a page. */
  via?: AuditSource | undefined;
  /** Errors in other fields of the form. They prevent the start, unless the key was used before. */
  errors?: Readonly<Record<string, string>> | undefined;
  /** Refuses the start beyond one of these. Default: no limits, for the system itself. */
  limits?: StartLimits | undefined;
  /** Refuses the start while the account, or this user, has an active job with the same input. */
  unlessActive?: { userId?: string | undefined } | undefined;
}

export interface Started {
  job: JobRow;
  /** Whether the key was used before. `job` is then the job of that start. */
  repeated: boolean;
  /** Whether `job` has the kind, input and options of the request. */
  sameInput: boolean;
}

/** The input is invalid. `fields` has a message for each invalid field. */
export class InvalidInput extends Error {
  override name = "InvalidInput";
  readonly fields: Record<string, string>;
  constructor(fields: Record<string, string>) {
    super(Object.values(fields)[0] ?? "Invalid input");
    this.fields = fields;
  }
}

/** The start was refused because the active `job` has the same input. */
export class AlreadyActive extends Error {
  override name = "AlreadyActive";
  readonly job: JobRow;
  constructor(job: JobRow) {
    super(`Already active: job ${job.id}`);
    this.job = job;
  }
}

/** The kind needs settings in the environment that are not there. */
export class MissingSettings extends Error {
  override name = "MissingSettings";
  /** The names of the variables. */
  readonly missing: readonly string[];
  constructor(missing: readonly string[]) {
    super(`Missing settings: ${missing.join(", ")}`);
    this.missing = missing;
  }
}

/** The kind does not exist, or was removed. */
export class UnknownKind extends Error {
  override name = "UnknownKind";
  readonly kind: string;
  constructor(kind: string) {
    super(`Unknown kind: ${kind}`);
    this.kind = kind;
  }
}
