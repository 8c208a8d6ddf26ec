/** What a start is asked for, what it gives, and what it may be refused for. */
import type { JobRow } from "../../backend/schema.ts";
import type { Via } from "../audit.ts";

export interface StartRequest {
  kind: string;
  input: Record<string, unknown>;
  accountId: string;
  userId: string;
  /** The same key of the same user gives the same job, however often and from wherever. */
  idempotencyKey?: string | undefined;
  /** Not before; ms. Default at once. */
  runAt?: number | undefined;
  retryOf?: string | undefined;
  /** Of the job that it repeats it does no more than that. */
  only?: "failed" | undefined;
  /** The job that it repeats was described anew for this one. */
  changed?: boolean | undefined;
  /** Default from a page. */
  via?: Via | undefined;
  /** What was found wrong beside the input, by field: the job is not started, unless the key was used. */
  errors?: Readonly<Record<string, string>> | undefined;
  /**
   * Not where a job with the same input is active in the account.
   * @param userId only this person's count
   */
  unlessActive?: { userId?: string | undefined } | undefined;
}

export interface Started {
  job: JobRow;
  /** The key was used before: this is the job of that time. */
  repeated: boolean;
  /** Whether that job was started with the same kind and input, for the same time. */
  sameInput: boolean;
}

/** What was wrong with the input, field by field. */
export class InvalidInput extends Error {
  override name = "InvalidInput";
  readonly fields: Record<string, string>;
  constructor(fields: Record<string, string>) {
    super(Object.values(fields)[0] ?? "Invalid input");
    this.fields = fields;
  }
}

/** Nothing was started: this job has the same input and has not ended. */
export class AlreadyActive extends Error {
  override name = "AlreadyActive";
  readonly job: JobRow;
  constructor(job: JobRow) {
    super(`Job ${job.id} has the same input and is still active`);
    this.job = job;
  }
}

export class UnknownKind extends Error {
  override name = "UnknownKind";
}
