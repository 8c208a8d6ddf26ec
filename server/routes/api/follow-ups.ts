/** POST /api/jobs/:id/follow-ups/:name */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { startFollowUp } from "../../engine/start/follow-up.ts";
import type { Env, Services } from "../../services.ts";
import { loadJob } from "../middleware/load-job.ts";
import { ignoreEmptyBody } from "./ignore-empty-body.ts";
import { jobParams, noOptions } from "./job-action-route.ts";
import { jobSchema } from "./job-schema.ts";
import { json, problems } from "./openapi-responses.ts";
import { readJob } from "./read-jobs.ts";
import { newJobHeaders, setNewJobHeaders } from "./starts.ts";

const route = createRoute({
  method: "post",
  path: "/jobs/{id}/follow-ups/{name}",
  operationId: "startFollowUp",
  summary: "Start a job that a finished job offers",
  description:
    "Starts one of the jobs in `follow_ups`, such as `undo` of an import. Each can be started once; repeating the request returns the same new job.",
  request: {
    params: jobParams.extend({ name: z.string().meta({ description: "Its name: `undo`." }) }),
    body: noOptions,
  },
  responses: {
    202: json(
      "The new job.",
      jobSchema.extend({ job_id: z.string() }).openapi("FollowedUp"),
      newJobHeaders,
    ),
    ...problems(400, 404, 409, 410, 415, 422, 429),
  },
});

export function followUpsApi(services: Services): OpenAPIHono<Env> {
  const { backend, config } = services;
  const api = new OpenAPIHono<Env>();
  const middleware = [ignoreEmptyBody, loadJob(services, "act")] as const;
  api.openapi({ ...route, middleware: [...middleware] }, async (c) => {
    const { job: old, person } = c.var;
    const by = { userId: person.userId, via: "api" as const, limits: config.limits };
    const { job } = await startFollowUp(services, old, c.req.valid("param").name, by);
    setNewJobHeaders(c, job, backend.now());
    return c.json({ job_id: job.id, ...(await readJob(services, job)) }, 202);
  });
  return api;
}
