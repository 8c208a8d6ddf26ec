/** POST /api/jobs/:id/reschedule */
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { reschedule } from "../../engine/start/reschedule.ts";
import type { Env, Services } from "../../services.ts";
import { loadJob } from "../middleware/load-job.ts";
import { jobParams } from "./job-action-route.ts";
import { jobSchema } from "./job-schema.ts";
import { json, problems } from "./openapi-responses.ts";
import { readJob } from "./read-jobs.ts";
import { errorOfTime, invalidTime, timeForm } from "./starts.ts";

const route = createRoute({
  method: "post",
  path: "/jobs/{id}/reschedule",
  operationId: "rescheduleJob",
  summary: "Move a job to another time",
  description:
    "Sets `run_at` of a scheduled or queued job that has not started. A job that has started or ended is answered with 409.",
  request: {
    params: jobParams,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z
            .strictObject({
              run_at: z.iso.datetime({ offset: true, error: timeForm }).meta({
                description: "The earliest time to start, up to a year ahead.",
              }),
            })
            .openapi("Reschedule"),
        },
      },
    },
  },
  responses: {
    200: json("The job after the change.", jobSchema),
    ...problems(400, 404, 409, 410, 413, 415, 422),
  },
});

export function reschedulesApi(services: Services): OpenAPIHono<Env> {
  const api = new OpenAPIHono<Env>();
  api.openapi({ ...route, middleware: loadJob(services, "act") }, async (c) => {
    const { job, person } = c.var;
    const runAt = Date.parse(c.req.valid("json").run_at);
    const error = errorOfTime(runAt, services.backend.now());
    if (error) throw invalidTime(error);
    const moved = await reschedule(services, job.id, runAt, person.userId, "api");
    return c.json(await readJob(services, moved), 200);
  });
  return api;
}
