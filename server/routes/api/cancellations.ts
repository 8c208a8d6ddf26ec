/** POST /api/jobs/:id/cancel */
import { OpenAPIHono } from "@hono/zod-openapi";
import { cancel } from "../../engine/cancel.ts";
import type { Env, Services } from "../../services.ts";
import { loadJob } from "../middleware/load-job.ts";
import { ignoreEmptyBody } from "./ignore-empty-body.ts";
import { jobActionRoute } from "./job-action-route.ts";
import { readJob } from "./read-jobs.ts";

const route = jobActionRoute({
  path: "cancel",
  operationId: "cancelJob",
  summary: "Cancel a job",
  description:
    "Cancels a queued or paused job at once. A running job stops after its current batch. A finished job is returned unchanged.",
});

export function cancellationsApi(services: Services): OpenAPIHono<Env> {
  const api = new OpenAPIHono<Env>();
  const middleware = [ignoreEmptyBody, loadJob(services, "act")] as const;
  api.openapi({ ...route, middleware: [...middleware] }, async (c) => {
    const { job, person } = c.var;
    return c.json(
      await readJob(services, await cancel(services, job.id, person.userId, "api")),
      200,
    );
  });
  return api;
}
