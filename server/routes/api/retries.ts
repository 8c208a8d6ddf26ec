/** POST /api/jobs/:id/retry */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { findLatestRetry } from "../../engine/start/latest-retry.ts";
import { retry } from "../../engine/start/retry.ts";
import { retryRejected } from "../../engine/start/retry-rejected.ts";
import type { Env, Services } from "../../services.ts";
import { assertVisibleRetry } from "../assert-visible-retry.ts";
import { loadJob } from "../middleware/load-job.ts";
import { assertMayStart } from "../middleware/require-scope.ts";
import { ignoreEmptyBody } from "./ignore-empty-body.ts";
import { jobParams } from "./job-action-route.ts";
import { jobSchema } from "./job-schema.ts";
import { json, problems } from "./openapi-responses.ts";
import { readJob } from "./read-jobs.ts";
import { newJobHeaders, setNewJobHeaders } from "./starts.ts";

const optionsSchema = z
  .strictObject({
    only: z.literal("failed").optional().meta({
      description: "`failed` retries only the rows that the job rejected.",
    }),
  })
  .openapi("RetryOptions");

const retriedSchema = jobSchema.extend({ job_id: z.string() }).openapi("Retried");

const route = createRoute({
  method: "post",
  path: "/jobs/{id}/retry",
  operationId: "retryJob",
  summary: "Retry a finished job",
  description:
    "Creates a new job with the same input, whose `retry_of` is this job. Repeating the request starts nothing, also if another person has sent it before: it returns the latest retry of this job. If that has failed, retry that one. With `only`, the new job reads only the rows that this job rejected; a kind that cannot do this answers 409.",
  request: {
    params: jobParams,
    body: { content: { "application/json": { schema: optionsSchema } } },
  },
  responses: {
    202: json("The new job.", retriedSchema, newJobHeaders),
    ...problems(400, 404, 409, 410, 415, 422, 429),
  },
});

export function retriesApi(services: Services): OpenAPIHono<Env> {
  const { backend, catalog, config } = services;
  const api = new OpenAPIHono<Env>();
  const middleware = [ignoreEmptyBody, loadJob(services, "act")] as const;
  api.openapi({ ...route, middleware: [...middleware] }, async (c) => {
    const { job: old, person } = c.var;
    assertMayStart(c, catalog.get(old.kind));
    const options = { via: "api", limits: config.limits } as const;
    const started = c.req.valid("json").only
      ? await retryRejected(services, old, person.userId, options)
      : await retry(services, old, person.userId, options);
    const job = started.repeated ? await findLatestRetry(backend, started.job) : started.job;
    assertVisibleRetry(person, job);
    setNewJobHeaders(c, job, backend.now());
    return c.json({ job_id: job.id, ...(await readJob(services, job)) }, 202);
  });
  return api;
}
