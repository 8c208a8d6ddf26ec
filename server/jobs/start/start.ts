import { v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import type { Backend, Write } from "../../backend/backend.ts";
import type { JobRow, UploadRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import type { Duration, Kind } from "../../job.ts";
import { audit, type Via } from "../audit.ts";
import { milliseconds } from "../duration.ts";
import { storable } from "../storable.ts";
import { keepEvent } from "../transition.ts";
import { checkInput } from "./check-input.ts";
import { keepWords } from "./keep-words.ts";
import { type PrintedFile, printOf } from "./print.ts";

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
  wrong?: Readonly<Record<string, string>> | undefined;
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
    super(Object.values(fields)[0] ?? "The input is not valid");
    this.fields = fields;
  }
}

/** Nothing was started: this job has the same input and has not ended. */
export class AlreadyActive extends Error {
  override name = "AlreadyActive";
  readonly job: JobRow;
  constructor(job: JobRow) {
    super(`Job ${job.id} has the same input and has not ended yet`);
    this.job = job;
  }
}

export class UnknownKind extends Error {
  override name = "UnknownKind";
}

/** The waits before automatic retries, unless the kind says otherwise. */
export const defaultRetryAfter: readonly Duration[] = ["1s", "4s", "16s"];
const defaultTimeout: Duration = "1h";

/**
 * Inserts the job, its first event, its steps and the queue's entry in one transaction.
 * @throws UnknownKind, InvalidInput; AlreadyActive where that was asked for
 */
export async function start(
  backend: Backend,
  catalog: Catalog,
  request: StartRequest,
): Promise<Started> {
  const kind = catalog.get(request.kind);
  if (!kind) throw new UnknownKind(`There is no kind of job called "${request.kind}"`);
  const checked = checkInput(kind, request.input);
  const input = checked.ok ? JSON.stringify(checked.input) : "";
  const found = checked.ok
    ? await uploadsOf(backend, kind, checked.input, request.accountId)
    : { wrong: checked.errors, uploads: [] };
  const wrong = { ...found.wrong, ...request.wrong };
  if (!checked.ok || Object.keys(wrong).length > 0) {
    // The key goes before everything: what was right at the time needs no second check.
    const earlier = await startedWith(backend.db, request, input);
    if (earlier) return earlier;
    throw new InvalidInput(wrong);
  }
  const { uploads } = found;
  const print = printOf(request.kind, checked.input, uploads);
  return backend.write(async (write) => {
    if (request.unlessActive) {
      const earlier = await orActive(write, { ...request, print }, input);
      if (earlier) return earlier;
    }
    const job = await insert(write, kind, { ...request, input, print, uploads, at: backend.now() });
    if (job) return { job, repeated: false, sameInput: true };
    // Another click had this key.
    return (await startedWith(write.db, request, input))!;
  });
}

/**
 * The name is held until the job is there to be found, so that of two that come in one moment the
 * second finds the first. Who starts another all the same holds up nobody.
 * @returns the job of the key, which may be the active one itself
 * @throws AlreadyActive
 */
async function orActive(
  write: Write,
  request: StartRequest & { print: string },
  input: string,
): Promise<Started | undefined> {
  const { accountId, print, unlessActive } = request;
  await write.hold(`start:${accountId}:${print}`);
  const earlier = await startedWith(write.db, request, input);
  if (earlier) return earlier;
  let active = write.db
    .selectFrom("jobs")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("print", "=", print)
    .where("finished_at", "is", null);
  if (unlessActive?.userId) active = active.where("user_id", "=", unlessActive.userId);
  const job = await active.limit(1).executeTakeFirst();
  if (job) throw new AlreadyActive(job);
  return undefined;
}

async function startedWith(
  db: Backend["db"],
  request: StartRequest,
  input: string,
): Promise<Started | undefined> {
  const { kind, userId, idempotencyKey } = request;
  if (idempotencyKey === undefined) return undefined;
  const job = await db
    .selectFrom("jobs")
    .selectAll()
    .where("user_id", "=", userId)
    .where("idempotency_key", "=", idempotencyKey)
    .executeTakeFirst();
  if (!job) return undefined;
  const same = job.kind === kind && job.input === input;
  return { job, repeated: true, sameInput: same && (await wasFor(db, job, request)) };
}

/** The row's own time moves with every retry; what was asked for stands in its first event. */
async function wasFor(db: Backend["db"], { id }: JobRow, request: Asked) {
  const { details } = await db
    .selectFrom("job_events")
    .select("details")
    .where("job_id", "=", id)
    .where("seq", "=", 1)
    .executeTakeFirstOrThrow();
  return details === (JSON.stringify(asked(request)) ?? null);
}

type Asked = Pick<StartRequest, "runAt" | "only">;

/** What of a request is told with the first event. */
function asked({ runAt, only }: Asked): { run_at?: string; only?: string } | undefined {
  const at = runAt === undefined ? {} : { run_at: new Date(runAt).toISOString() };
  return runAt === undefined && !only ? undefined : { ...at, ...(only && { only }) };
}

/** The files that the job will read, or the field whose file the account does not have. */
async function uploadsOf(
  backend: Backend,
  kind: Kind,
  input: Record<string, unknown>,
  accountId: string,
): Promise<{ uploads: Upload[]; wrong?: Record<string, string> }> {
  const uploads: Upload[] = [];
  for (const [field, type] of Object.entries(kind.input.shape)) {
    if (!(type as z.ZodType).meta?.()?.upload) continue;
    const found = await backend.db
      .selectFrom("uploads")
      .select(["id", "name", "size", "sha256"])
      .where("id", "=", storable(String(input[field])))
      .where("account_id", "=", accountId)
      .executeTakeFirst();
    if (!found) return { uploads, wrong: { [field]: "This file is gone: upload it again" } };
    uploads.push({ ...found, field });
  }
  return { uploads };
}

type Upload = Pick<UploadRow, "id" | "name" | "size"> & PrintedFile;

/** Of a job that reads nothing there is none. */
function sizeOf(uploads: readonly Upload[]): number | null {
  return uploads.length > 0 ? uploads.reduce((sum, { size }) => sum + size, 0) : null;
}

interface Row extends Omit<StartRequest, "input"> {
  input: string;
  print: string;
  uploads: Upload[];
  at: number;
}

async function insert(write: Write, kind: Kind, request: Row): Promise<JobRow | undefined> {
  const { at } = request;
  const runAt = Math.max(at, request.runAt ?? at);
  const job = await write.db
    .insertInto("jobs")
    .values({
      id: uuidv7(),
      kind: request.kind,
      account_id: request.accountId,
      user_id: request.userId,
      idempotency_key: request.idempotencyKey ?? null,
      retry_of: request.retryOf ?? null,
      priority: kind.priority ?? 0,
      status: "pending",
      input: request.input,
      print: request.print,
      subject: subjectOf(kind, request),
      size: sizeOf(request.uploads),
      run_at: runAt,
      created_at: at,
      max_retries: (kind.retryAfter ?? defaultRetryAfter).length,
      timeout_ms: milliseconds(kind.timeout ?? defaultTimeout),
      event_seq: 1,
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
  await write.db.insertInto("job_steps").values(stepsOf(job.id, kind)).execute();
  if (request.uploads.length > 0) {
    const uses = request.uploads.map((upload) => ({ job_id: job.id, upload_id: upload.id }));
    await write.db
      .insertInto("job_uploads")
      .values(uses)
      .onConflict((c) => c.doNothing())
      .execute();
  }
  await keepWords(write, kind, job);
  const details = asked(request);
  const fact = { type: "created", message: "Created", ...(details && { details }) };
  await keepEvent(write, job, fact, at);
  await keepDeeds(write, job, request);
  await write.ring({ id: job.id, runAt, priority: job.priority });
  return job;
}

function subjectOf(kind: Kind, { input, uploads }: Row): string | null {
  const own = kind.subject?.(JSON.parse(input));
  return own === undefined ? (uploads[0]?.name ?? null) : storable(own);
}

/** Of the job, and of the one that it repeats. */
async function keepDeeds(write: Write, job: JobRow, { via = "page", changed }: Row): Promise<void> {
  const deed = { userId: job.user_id, via, at: job.created_at };
  await audit(write.db, { ...deed, jobId: job.id, action: "started" });
  if (!job.retry_of) return;
  const action = changed ? "started_again" : "retried";
  await audit(write.db, { ...deed, jobId: job.retry_of, action, newJobId: job.id });
}

function stepsOf(jobId: string, kind: Kind) {
  return Object.entries(kind.steps).map(([name, weight], position) => ({
    job_id: jobId,
    position,
    name,
    weight,
    status: "waiting" as const,
  }));
}
