/** Finds a job that a start would duplicate: by its idempotency key, or an active one by its input. */
import type { Backend, WriteTransaction } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { CreatedDetails } from "../job-event.ts";
import { AlreadyActive, type ScheduledRun, type Started, type StartRequest } from "./request.ts";

/** @returns the job of the request's key, or undefined if the key is new or missing */
export async function findByIdempotencyKey(
  db: Backend["db"],
  request: StartRequest,
  input: string,
): Promise<Started | undefined> {
  const { kind, userId, idempotencyKey, retryOf, sharesKey } = request;
  if (idempotencyKey === undefined) return undefined;
  const withKey = db.selectFrom("jobs").selectAll().where("idempotency_key", "=", idempotencyKey);
  const ofAnybody = sharesKey && retryOf ? withKey.where("retry_of", "=", retryOf) : undefined;
  const job = await (ofAnybody ?? withKey.where("user_id", "=", userId))
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  if (!job) return undefined;
  const same = job.kind === kind && job.input === input;
  return { job, repeated: true, sameInput: same && (await hasSameOptions(db, job, request)) };
}

/** Compares with the first event, because each retry changes `run_at` of the row. */
async function hasSameOptions(db: Backend["db"], { id }: JobRow, request: StartOptions) {
  const { details } = await db
    .selectFrom("job_events")
    .select("details")
    .where("job_id", "=", id)
    .where("seq", "=", 1)
    .executeTakeFirstOrThrow();
  const options = createdDetails(request);
  return details === (options && JSON.stringify(options));
}

type StartOptions = Pick<StartRequest, "runAt" | "only" | "scheduled">;

/** @returns the details of the job's first event */
export function createdDetails({ runAt, only, scheduled }: StartOptions): CreatedDetails | null {
  const details = {
    ...(runAt === undefined ? {} : { run_at: isoTime(runAt) }),
    ...(only && { only }),
    ...(scheduled && scheduledDetails(scheduled)),
  };
  return Object.keys(details).length === 0 ? null : details;
}

function scheduledDetails({ scheduleId, plannedAt, missed }: ScheduledRun) {
  return {
    schedule_id: scheduleId,
    ...(plannedAt !== null && { planned_at: isoTime(plannedAt) }),
    ...(missed > 0 && { missed }),
  };
}

function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/**
 * Locks a key that an account shares until the transaction ends, so that of two concurrent starts the
 * second finds the job of the first.
 * @returns that job
 */
export async function findBySharedKey(
  tx: WriteTransaction,
  request: StartRequest,
  input: string,
): Promise<Started | undefined> {
  if (!request.sharesKey) return undefined;
  await tx.lock(`key:${request.accountId}:${request.idempotencyKey}`);
  return findByIdempotencyKey(tx.db, request, input);
}

/**
 * Locks the fingerprint until the transaction ends, so that of two concurrent starts the second finds
 * the job of the first.
 * @returns the job of the request's key, if that was used before
 * @throws AlreadyActive if an active job has the same input
 */
export async function refuseIfActive(
  tx: WriteTransaction,
  request: StartRequest & { fingerprint: string },
  input: string,
): Promise<Started | undefined> {
  const { accountId, fingerprint, unlessActive } = request;
  await tx.lock(`start:${accountId}:${fingerprint}`);
  const earlier = await findByIdempotencyKey(tx.db, request, input);
  if (earlier) return earlier;
  let active = tx.db
    .selectFrom("jobs")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("input_fingerprint", "=", fingerprint)
    .where("finished_at", "is", null);
  if (unlessActive?.userId) active = active.where("user_id", "=", unlessActive.userId);
  const job = await active.limit(1).executeTakeFirst();
  if (job) throw new AlreadyActive(job);
  return undefined;
}
