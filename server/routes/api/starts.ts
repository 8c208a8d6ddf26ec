/** POST /api/jobs/start */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { visibleJobs } from "../../accounts/authorize.ts";
import { typicalDurations, typicalSeconds } from "../../engine/eta/typical-duration.ts";
import { start } from "../../engine/start/start.ts";
import { pollInterval } from "../../live/poll-interval.ts";
import type { Env, Services } from "../../services.ts";
import { json, problems } from "./answers.ts";
import { Problem } from "./problems.ts";

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
      "As it was accepted: a repeated key is answered the same. The job tells what is now.",
  }),
  estimated_duration_seconds: z.int().min(0).nullable(),
});

/** Where the new job is, and how soon to look. */
export const newJobHeaders = {
  Location: "`/api/jobs/{id}`",
  "Retry-After": "Seconds to wait before asking",
};

const route = createRoute({
  method: "post",
  path: "/jobs/start",
  operationId: "startJob",
  summary: "Start a job",
  description:
    "The same `Idempotency-Key` gives the same job and the same answer, however often it is sent; with other input or another `run_at` it gives 409 with the `job_id` of that job. With `unless_running`, and no key that was used before, it also gives 409 with the `job_id` where a job with the same input has not ended yet; an uploaded file is the same whose bytes are.",
  request: {
    headers: z.object({
      "Idempotency-Key": z.string().min(1).max(255).optional().meta({
        description: "Any text that is new for each job; unique for each person",
      }),
    }),
    body: { required: true, content: { "application/json": { schema: startSchema } } },
  },
  responses: {
    202: json("It was accepted", startedSchema.openapi("Started"), newJobHeaders),
    ...problems(400, 409, 413, 415, 422),
  },
});

export function startsApi({ backend, catalog }: Services): OpenAPIHono<Env> {
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
      unlessActive: unless_running ? visibleJobs(c.var.person, "account") : undefined,
    });
    if (!sameInput) {
      const detail = `This key was used for job ${job.id}, with other input or for another time. Send another key for another job.`;
      throw new Problem(409, detail, { job_id: job.id });
    }
    const typical = await typicalDurations(backend.db, catalog, job.account_id, [type]);
    const estimated_duration_seconds = typicalSeconds(typical(type, job.input_bytes));
    c.header("Location", `/api/jobs/${job.id}`);
    c.header("Retry-After", String(pollInterval(job, backend.now()) ?? 0));
    return c.json({ job_id: job.id, status: "queued" as const, estimated_duration_seconds }, 202);
  });
  return api;
}
