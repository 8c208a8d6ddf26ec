/** POST /api/jobs/:id/start-now */
import { OpenAPIHono } from "@hono/zod-openapi";
import { startNow } from "../../engine/start/start-now.ts";
import type { Env, Services } from "../../services.ts";
import { loadJob } from "../middleware/load-job.ts";
import { assertMayStart } from "../middleware/require-scope.ts";
import { ignoreEmptyBody } from "./ignore-empty-body.ts";
import { jobActionRoute } from "./job-action-route.ts";
import { readJob } from "./read-jobs.ts";

const route = jobActionRoute({
  path: "start-now",
  operationId: "startJobNow",
  summary: "Start a scheduled job now",
  description:
    "Sets `run_at` to now. The job starts once the account has a free place. A job that is not scheduled is returned unchanged.",
});

export function startNowApi(services: Services): OpenAPIHono<Env> {
  const api = new OpenAPIHono<Env>();
  const middleware = [ignoreEmptyBody, loadJob(services, "act")] as const;
  api.openapi({ ...route, middleware: [...middleware] }, async (c) => {
    const { job, person } = c.var;
    assertMayStart(c, services.catalog.get(job.kind));
    const started = await startNow(services, job.id, person.userId, "api");
    return c.json(await readJob(services, started), 200);
  });
  return api;
}
