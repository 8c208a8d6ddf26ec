/** POST /api/jobs/:id/pause and /api/jobs/:id/resume */
import { OpenAPIHono } from "@hono/zod-openapi";
import { pause, resume } from "../../engine/pause.ts";
import type { Env, Services } from "../../services.ts";
import { loadJob } from "../middleware/load-job.ts";
import { ignoreEmptyBody } from "./ignore-empty-body.ts";
import { jobActionRoute } from "./job-action-route.ts";
import { readJob } from "./read-jobs.ts";

const pauseRoute = jobActionRoute({
  path: "pause",
  operationId: "pauseJob",
  summary: "Pause a job",
  description:
    "Pauses a queued job at once. A running job pauses after its current batch. A finished job is returned unchanged.",
});

const resumeRoute = jobActionRoute({
  path: "resume",
  operationId: "resumeJob",
  summary: "Resume a paused job",
  description:
    "Continues after the last checkpoint. A job that is not paused is returned unchanged.",
});

export function pausesApi(services: Services): OpenAPIHono<Env> {
  const api = new OpenAPIHono<Env>();
  const middleware = [ignoreEmptyBody, loadJob(services, "act")] as const;

  api.openapi({ ...pauseRoute, middleware: [...middleware] }, async (c) => {
    const job = await pause(services, c.var.job.id, c.var.person.userId, "api");
    return c.json(await readJob(services, job), 200);
  });

  api.openapi({ ...resumeRoute, middleware: [...middleware] }, async (c) => {
    const job = await resume(services, c.var.job.id, c.var.person.userId, "api");
    return c.json(await readJob(services, job), 200);
  });

  return api;
}
