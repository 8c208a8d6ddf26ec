/** POST /api/jobs/:id/cancel, pause, resume, start-now and retry. */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context, Next } from "hono";
import type { JobRow } from "../../backend/schema.ts";
import { cancel } from "../../engine/cancel.ts";
import { pause, resume } from "../../engine/pause.ts";
import { retry } from "../../engine/start/retry.ts";
import { retryRejected } from "../../engine/start/retry-rejected.ts";
import { startNow } from "../../engine/start/start-now.ts";
import { isFinal } from "../../engine/status.ts";
import { pollInterval } from "../../live/poll-interval.ts";
import type { Env, Services } from "../../services.ts";
import { json, problems } from "./answers.ts";
import { jobSchema } from "./job-schema.ts";
import { jobParams, oneJob } from "./one-job.ts";
import { Problem } from "./problems.ts";
import { readJob } from "./read-jobs.ts";
import { newJobHeaders } from "./starts.ts";

function actionRoute<Path extends string>(
  path: Path,
  summary: string,
  description: string,
  operationId = `${path}Job`,
) {
  return createRoute({
    method: "post",
    path: `/jobs/{id}/${path}` as const,
    operationId,
    summary,
    description,
    request: { params: jobParams },
    responses: { 200: json("The job as it is now", jobSchema), ...problems(404, 409, 410) },
  });
}

const cancelRoute = actionRoute(
  "cancel",
  "Cancel a job",
  "A waiting job is cancelled at once, a running one stops behind the batch in hand. A final job stays as it is.",
);
const pauseRoute = actionRoute(
  "pause",
  "Pause a job",
  "A waiting job stands at once, a running one behind the batch in hand. A final job stays as it is.",
);
const resumeRoute = actionRoute(
  "resume",
  "Resume a paused job",
  "It goes on behind its last checkpoint. A job that is not paused stays as it is.",
);
const startNowRoute = actionRoute(
  "start-now",
  "Start a scheduled job now",
  "Its `run_at` becomes now; it starts as soon as others of the account leave room. A job that does not wait for its time stays as it is.",
  "startJobNow",
);

/** Many programs name the type of a body also where they send none. */
async function orNothing(c: Context, next: Next): Promise<void> {
  const headers = new Headers(c.req.raw.headers);
  if (headers.has("content-type") && (await c.req.text()) === "") {
    headers.delete("content-type");
    c.req.raw = new Request(c.req.url, { method: c.req.method, headers });
    c.req.bodyCache = {};
  }
  await next();
}

const retryRoute = createRoute({
  method: "post",
  path: "/jobs/{id}/retry",
  operationId: "retryJob",
  summary: "Start a job that has ended again",
  description:
    "Makes a new job with the same input; its `retry_of` names the old one. Doing it twice gives the one new job. With `only` it reads no more than the rows that the old one rejected, where its kind can try these again (else 409).",
  middleware: orNothing,
  request: {
    params: jobParams,
    body: {
      content: {
        "application/json": {
          schema: z.object({ only: z.literal("failed").optional() }).openapi("RetryOptions"),
        },
      },
    },
  },
  responses: {
    202: json(
      "The new job",
      jobSchema.extend({ job_id: z.string() }).openapi("Retried"),
      newJobHeaders,
    ),
    ...problems(400, 404, 409, 410, 415, 422),
  },
});

export function jobActionsApi(services: Services): OpenAPIHono<Env> {
  const { backend, catalog } = services;
  const api = new OpenAPIHono<Env>();

  api.openapi(cancelRoute, async (c) => {
    const job = await oneJob(c, services, "act");
    if (!isFinal(job.status) && catalog.get(job.kind)?.cancellable === false) {
      throw new Problem(409, "This kind of job cannot be cancelled.");
    }
    return c.json(await after(cancel, job, c.var.person.userId), 200);
  });

  for (const [route, act] of [
    [pauseRoute, pause],
    [resumeRoute, resume],
    [startNowRoute, startNow],
  ] as const) {
    api.openapi(route, async (c) => {
      const job = await oneJob(c, services, "act");
      return c.json(await after(act, job, c.var.person.userId), 200);
    });
  }

  api.openapi(retryRoute, async (c) => {
    const old = await oneJob(c, services, "act");
    const { only } = c.req.valid("json");
    const { userId } = c.var.person;
    const { job } = only
      ? await retryRejected(services, old, userId, { via: "api" })
      : await retry(backend, catalog, old, userId, { via: "api" });
    c.header("Location", `/api/jobs/${job.id}`);
    c.header("Retry-After", String(pollInterval(job, backend.now()) ?? 0));
    return c.json({ job_id: job.id, ...(await readJob(services, job)) }, 202);
  });

  async function after(act: typeof cancel, job: JobRow, by: string) {
    return readJob(services, isFinal(job.status) ? job : await act(backend, job.id, by, "api"));
  }

  return api;
}
