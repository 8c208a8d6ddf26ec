/** POST /api/jobs/start */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { visibleJobs } from "../../accounts/authorize.ts";
import type { JobRow } from "../../backend/schema.ts";
import { typicalSeconds } from "../../engine/eta/typical-durations.ts";
import { start } from "../../engine/start/start.ts";
import { pollInterval } from "../../live/poll-interval.ts";
import type { Env, Services } from "../../services.ts";
import { HttpError } from "../http-error.ts";
import { json, problems } from "./openapi-responses.ts";

const startSchema = z
  .strictObject({
    type: z.string(),
    metadata: z.record(z.string(), z.unknown()).default({}),
    run_at: z.iso.datetime({ offset: true }).optional(),
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
    const { job, sameInput } = await start(backend, catalog, {
      kind: type,
      input: metadata,
      accountId,
      userId,
      idempotencyKey: c.req.valid("header")["Idempotency-Key"],
      runAt: run_at === undefined ? undefined : Date.parse(run_at),
      via: "api",
      limits: config.limits,
      unlessActive: unless_running ? visibleJobs(c.var.person, "account") : undefined,
    });
    if (!sameInput) throw keyReused(job);
    const typical = await jobs.typicalDurations(job.account_id, [type]);
    const estimated_duration_seconds = typicalSeconds(typical(type, job.input_bytes));
    setNewJobHeaders(c, job, backend.now());
    return c.json({ job_id: job.id, status: "queued" as const, estimated_duration_seconds }, 202);
  });
  return api;
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
