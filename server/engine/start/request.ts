/** The request to start a job, its answer, and the errors that a start may throw. */

import type { AuditSource } from "../../backend/enums.ts";
import type { JobRow } from "../../backend/schema.ts";

export interface StartRequest {
  kind: string;
  input: Record<string, unknown>;
  accountId: string;
  userId: string;
  /** A second start with the same key by the same user returns the same job. */
  idempotencyKey?: string | undefined;
  /** When the job is due, ms since 1970. Default: now. */
  runAt?: number | undefined;
  retryOf?: string | undefined;
  /** Repeat only this part of the job `retryOf`. */
  only?: "failed" | undefined;
  /** The person edited the input of the job `retryOf`. */
  changed?: boolean | undefined;
  /** Default: a page. */
  via?: AuditSource | undefined;
  /** Errors in other fields of the form: nothing is started, unless the key was used before. */
  errors?: Readonly<Record<string, string>> | undefined;
  /** Do not start while the account, or this user of it, has an active job with the same input. */
  unlessActive?: { userId?: string | undefined } | undefined;
}

export interface Started {
  job: JobRow;
  /** The key was used before, and this is the job of that start. */
  repeated: boolean;
  /** Whether that job has the same kind, input and options. */
  sameInput: boolean;
}

/** The input is not valid: messages by field. */
export class InvalidInput extends Error {
  override name = "InvalidInput";
  readonly fields: Record<string, string>;
  constructor(fields: Record<string, string>) {
    super(Object.values(fields)[0] ?? "Invalid input");
    this.fields = fields;
  }
}

/** Nothing was started, because this active job has the same input. */
export class AlreadyActive extends Error {
  override name = "AlreadyActive";
  readonly job: JobRow;
  constructor(job: JobRow) {
    super(`Already active: job ${job.id}`);
    this.job = job;
  }
}

/** There is no kind of this name, or its file was removed. */
export class UnknownKind extends Error {
  override name = "UnknownKind";
  readonly kind: string;
  constructor(kind: string) {
    super(`Unknown kind: ${kind}`);
    this.kind = kind;
  }
}
