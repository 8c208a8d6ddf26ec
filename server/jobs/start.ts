import { v7 as uuidv7 } from "uuid";
import type { z } from "zod";
import type { Backend, Write } from "../backend/backend.ts";
import type { JobRow, UploadRow } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";
import type { Duration, Kind } from "../job.ts";
import { checkInput } from "./check-input.ts";
import { milliseconds } from "./duration.ts";
import { storable } from "./storable.ts";
import { keepEvent } from "./transition.ts";

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

export class UnknownKind extends Error {
  override name = "UnknownKind";
}

/** The waits before automatic retries, unless the kind says otherwise. */
export const defaultRetryAfter: readonly Duration[] = ["1s", "4s", "16s"];
const defaultTimeout: Duration = "1h";

/**
 * Inserts the job, its first event, its steps and the queue's entry in one transaction.
 * @throws UnknownKind, InvalidInput
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
    : { wrong: checked.errors };
  if ("wrong" in found) {
    // The key goes before everything: what was right at the time needs no second check.
    const earlier = await startedWith(backend.db, request, input);
    if (earlier) return earlier;
    throw new InvalidInput(found.wrong);
  }
  const { uploads } = found;
  return backend.write(async (write) => {
    const job = await insert(write, kind, { ...request, input, uploads, at: backend.now() });
    if (job) return { job, repeated: false, sameInput: true };
    // Another click had this key.
    return (await startedWith(write.db, request, input))!;
  });
}

async function startedWith(
  db: Backend["db"],
  { kind, userId, idempotencyKey, runAt }: StartRequest,
  input: string,
): Promise<Started | undefined> {
  if (idempotencyKey === undefined) return undefined;
  const job = await db
    .selectFrom("jobs")
    .selectAll()
    .where("user_id", "=", userId)
    .where("idempotency_key", "=", idempotencyKey)
    .executeTakeFirst();
  if (!job) return undefined;
  const same = job.kind === kind && job.input === input;
  return { job, repeated: true, sameInput: same && (await wasFor(db, job, runAt)) };
}

/** The row's own time moves with every retry; what was asked for stands in its first event. */
async function wasFor(db: Backend["db"], { id }: JobRow, runAt: number | undefined) {
  const { details } = await db
    .selectFrom("job_events")
    .select("details")
    .where("job_id", "=", id)
    .where("seq", "=", 1)
    .executeTakeFirstOrThrow();
  return details === (JSON.stringify(asked(runAt)) ?? null);
}

function asked(runAt: number | undefined): { run_at: string } | undefined {
  return runAt === undefined ? undefined : { run_at: new Date(runAt).toISOString() };
}

/** The files that the job will read, or the field whose file the account does not have. */
async function uploadsOf(
  backend: Backend,
  kind: Kind,
  input: Record<string, unknown>,
  accountId: string,
): Promise<{ uploads: Upload[] } | { wrong: Record<string, string> }> {
  const uploads: Upload[] = [];
  for (const [field, type] of Object.entries(kind.input.shape)) {
    if (!(type as z.ZodType).meta?.()?.upload) continue;
    const found = await backend.db
      .selectFrom("uploads")
      .select(["id", "name"])
      .where("id", "=", storable(String(input[field])))
      .where("account_id", "=", accountId)
      .executeTakeFirst();
    if (!found) return { wrong: { [field]: "This file is gone: upload it again" } };
    uploads.push(found);
  }
  return { uploads };
}

type Upload = Pick<UploadRow, "id" | "name">;

interface Row extends Omit<StartRequest, "input"> {
  input: string;
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
      subject: request.uploads[0]?.name ?? null,
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
  const details = asked(request.runAt);
  const fact = { type: "created", message: "Created", ...(details && { details }) };
  await keepEvent(write, job, fact, at);
  await write.ring({ id: job.id, runAt, priority: job.priority });
  return job;
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
