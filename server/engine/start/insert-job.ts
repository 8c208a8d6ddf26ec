/** Inserts a new job with its steps, first event, search terms, audit entries and queue entry. */
import { v7 as uuidv7 } from "uuid";
import type { WriteTransaction } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Duration, Kind } from "../../job.ts";
import { recordAudit } from "../audit.ts";
import { parseDuration } from "../parse-duration.ts";
import { maxRetries } from "../retry-policy.ts";
import { insertEvent } from "../transition.ts";
import { createdDetails } from "./duplicates.ts";
import { totalSize, type Upload } from "./job-uploads.ts";
import type { StartRequest } from "./request.ts";
import { indexJob } from "./search-index.ts";
import { subjectOf } from "./subject.ts";
import { takeOffer } from "./take-offer.ts";

const defaultTimeout: Duration = "1h";

/** A valid request. */
interface CheckedRequest extends Omit<StartRequest, "input"> {
  /** JSON. */
  input: string;
  fingerprint: string;
  uploads: Upload[];
  /** Now, ms. */
  at: number;
}

/**
 * @returns undefined if the request's idempotency key was used before
 * @throws ActionRefused `not_offered` for a follow-up that somebody has started
 */
export async function insertJob(
  tx: WriteTransaction,
  kind: Kind,
  request: CheckedRequest,
): Promise<JobRow | undefined> {
  const { at } = request;
  const runAt = Math.max(at, request.runAt ?? at);
  const job = await tx.db
    .insertInto("jobs")
    .values({
      id: uuidv7(),
      kind: request.kind,
      account_id: request.accountId,
      user_id: request.userId,
      idempotency_key: request.idempotencyKey ?? null,
      retry_of: request.retryOf ?? null,
      priority: kind.priority ?? 0,
      status: "queued",
      input: request.input,
      input_fingerprint: request.fingerprint,
      subject: subjectOf(kind, JSON.parse(request.input), request.uploads),
      input_bytes: totalSize(request.uploads),
      run_at: runAt,
      created_at: at,
      max_retries: maxRetries(kind),
      timeout_ms: parseDuration(kind.timeout ?? defaultTimeout),
      event_seq: 1,
      schedule_id: request.scheduled?.scheduleId ?? null,
      planned_at: request.scheduled?.plannedAt ?? null,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["user_id", "idempotency_key"])
        .where("idempotency_key", "is not", null)
        .doNothing(),
    )
    .returningAll()
    .executeTakeFirst();
  if (!job) return undefined;
  await tx.db.insertInto("job_steps").values(stepRows(job.id, kind)).execute();
  if (request.uploads.length > 0) {
    const uses = request.uploads.map((upload) => ({ job_id: job.id, upload_id: upload.id }));
    await tx.db
      .insertInto("job_uploads")
      .values(uses)
      .onConflict((c) => c.doNothing())
      .execute();
  }
  await indexJob(tx, kind, job);
  await insertEvent(tx, job, { type: "created", details: createdDetails(request) }, at);
  await recordStart(tx, job, request);
  if (request.followUpOf) await takeOffer(tx, request.followUpOf);
  await tx.enqueue({ id: job.id, runAt, priority: job.priority });
  return job;
}

/** Records the start in the audit log of the job, and in that of the job that it repeats or follows. */
async function recordStart(
  tx: WriteTransaction,
  job: JobRow,
  { via = "page", changed, followUpOf }: CheckedRequest,
): Promise<void> {
  const entry = { userId: job.user_id, via, at: job.created_at };
  await recordAudit(tx.db, { ...entry, jobId: job.id, action: "started" });
  const before = followUpOf?.jobId ?? job.retry_of;
  if (!before) return;
  const again = changed ? "started_again" : "retried";
  const action = followUpOf ? "followed_up" : again;
  await recordAudit(tx.db, { ...entry, jobId: before, action, newJobId: job.id });
}

function stepRows(jobId: string, kind: Kind) {
  return Object.entries(kind.steps).map(([name, weight], position) => ({
    job_id: jobId,
    position,
    name,
    weight,
    status: "waiting" as const,
  }));
}
