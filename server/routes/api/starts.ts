/** POST /api/jobs/start */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { start } from "../../jobs/start.ts";
import { typicalSeconds } from "../../jobs/typical-duration.ts";
import type { Env, Services } from "../../services.ts";
import { json, problems } from "./answers.ts";
import { retryAfter } from "./one-job.ts";
import { Problem } from "./problems.ts";

const startSchema = z
  .strictObject({
    type: z.string(),
    metadata: z.record(z.string(), z.unknown()).default({}),
    run_at: z.iso.datetime({ offset: true }).optional(),
  })
  .openapi("Start");

const startedSchema = z.object({
  job_id: z.string(),
  status: z.literal("pending").meta({
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
    "The same `Idempotency-Key` gives the same job and the same answer, however often it is sent; with other input or another `run_at` it gives 409 with the `job_id` of that job.",
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
    const { type, metadata, run_at } = c.req.valid("json");
    const { accountId, userId } = c.var.person;
    const { job, sameInput } = await start(backend, catalog, {
      kind: type,
      input: metadata,
      accountId,
      userId,
      idempotencyKey: c.req.valid("header")["Idempotency-Key"],
      runAt: run_at === undefined ? undefined : Date.parse(run_at),
    });
    if (!sameInput) {
      const detail = `This key was used for job ${job.id}, with other input or for another time. Send another key for another job.`;
      throw new Problem(409, detail, { job_id: job.id });
    }
    const typical = await typicalSeconds(backend.db, catalog, job.account_id);
    c.header("Location", `/api/jobs/${job.id}`);
    c.header("Retry-After", retryAfter(job, backend.now()) ?? "0");
    return c.json(
      { job_id: job.id, status: "pending" as const, estimated_duration_seconds: typical(type) },
      202,
    );
  });
  return api;
}
