/** POST /api/jobs/start */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { visibleJobs } from "../../accounts/authorize.ts";
import type { JobRow } from "../../backend/schema.ts";
import { typicalSeconds } from "../../engine/eta/typical-durations.ts";
import { InvalidInput } from "../../engine/start/request.ts";
import { start } from "../../engine/start/start.ts";
import { pollInterval } from "../../live/poll-interval.ts";
import type { Env, Services } from "../../services.ts";
import { HttpError } from "../http-error.ts";
import { assertMayStart } from "../middleware/require-scope.ts";
import { json, problems } from "./openapi-responses.ts";

export const timeForm =
  "Write a time with its zone, such as 2026-12-24T02:00:00Z or 2026-12-24T03:00:00+01:00";
/** For requests on their way, and clients whose clock is behind. */
const maxPastMs = 60_000;
const maxAheadMs = 366 * 86_400_000;

const startSchema = z
  .strictObject({
    type: z.string(),
    metadata: z.record(z.string(), z.unknown()).default({}),
    run_at: z.iso
      .datetime({ offset: true, error: timeForm })
      .optional()
      .meta({ description: `The earliest time to start, up to a year ahead. Default: now.` }),
    unless_running: z.boolean().default(false),
  })
  .openapi("Start");

const startedSchema = z.object({
  job_id: z.string(),
  status: z.literal("queued").meta({
    description:
      "Always `queued`, also when a key is repeated. Get the job for its current status.",
  }),
  estimated_duration_seconds: z.int().min(0).nullable(),
});

/** Headers of a response with a new job. */
export const newJobHeaders = {
  Location: "`/api/jobs/{id}`",
  "Retry-After": "Seconds to wait before getting the job.",
};

const route = createRoute({
  method: "post",
  path: "/jobs/start",
  operationId: "startJob",
  summary: "Start a job",
  description:
    "Repeating a request with the same `Idempotency-Key` returns the same job. The same key with other input or another `run_at` is answered with 409 and the `job_id` of the existing job. With `unless_running`, a start is also answered with 409 while a job with the same input is active; two uploads are the same input if their bytes are the same.",
  request: {
    headers: z.object({
      "Idempotency-Key": z.string().min(1).max(255).optional().meta({
        description: "Any text that is unique among your jobs, such as a UUID.",
      }),
    }),
    body: { required: true, content: { "application/json": { schema: startSchema } } },
  },
  responses: {
    202: json("The job was accepted.", startedSchema.openapi("Started"), newJobHeaders),
    ...problems(400, 409, 413, 415, 422, 429),
  },
});

export function startsApi({ backend, catalog, config, jobs }: Services): OpenAPIHono<Env> {
  const api = new OpenAPIHono<Env>();
  api.openapi(route, async (c) => {
    const { type, metadata, run_at, unless_running } = c.req.valid("json");
    const { accountId, userId } = c.var.person;
    assertMayStart(c, catalog.get(type));
    const runAt = run_at === undefined ? undefined : Date.parse(run_at);
    const timeError = runAt === undefined ? undefined : errorOfTime(runAt, backend.now());
    const { job, sameInput } = await start(backend, catalog, {
      kind: type,
      input: metadata,
      accountId,
      userId,
      idempotencyKey: c.req.valid("header")["Idempotency-Key"],
      runAt,
      // A repeated request returns its job, although its time may have passed meanwhile.
      errors: timeError ? { run_at: timeError } : undefined,
      via: "api",
      limits: config.limits,
      uploadsOf: visibleJobs(c.var.person, "account"),
      unlessActive: unless_running ? visibleJobs(c.var.person, "account") : undefined,
    }).catch((error) => {
      throw timeError && error instanceof InvalidInput ? invalidTime(timeError) : error;
    });
    if (!sameInput) throw keyReused(job);
    const typical = await jobs.typicalDurations(job.account_id, [type]);
    const estimated_duration_seconds = typicalSeconds(typical(type, job.input_bytes));
    setNewJobHeaders(c, job, backend.now());
    return c.json({ job_id: job.id, status: "queued" as const, estimated_duration_seconds }, 202);
  });
  return api;
}

/** @param runAt ms. @param now ms */
export function errorOfTime(runAt: number, now: number): string | undefined {
  if (runAt < now - maxPastMs)
    return `This time has passed. Leave it out to start now. ${timeForm}`;
  if (runAt > now + maxAheadMs) return `This is more than a year ahead. ${timeForm}`;
  return undefined;
}

export function invalidTime(detail: string): HttpError {
  const errors = { run_at: detail };
  return new HttpError({
    status: 422,
    title: "Invalid input",
    detail: `run_at: ${detail}`,
    errors,
  });
}

/** @param now ms */
export function setNewJobHeaders(c: Context, job: JobRow, now: number): void {
  c.header("Location", `/api/jobs/${job.id}`);
  c.header("Retry-After", String(pollInterval(job, now) ?? 0));
}

function keyReused({ id }: JobRow): HttpError {
  return new HttpError({
    status: 409,
    title: "Key already used",
    detail: `This key was used for job ${id} with other input or another time. Send a new key for a new job.`,
    jobId: id,
  });
}
