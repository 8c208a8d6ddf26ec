/** POST /jobs/:id/start-now: starts a scheduled job without waiting for its time. */
import { Hono } from "hono";
import { startNow } from "../engine/start/start-now.ts";
import type { Env, Services } from "../services.ts";
import { loadJob } from "./middleware/load-job.ts";
import { redirectToJob } from "./page/redirect-to-job.ts";

export function startNowRoutes(services: Services): Hono<Env> {
  const routes = new Hono<Env>();
  routes.post("/jobs/:id/start-now", loadJob(services, "act"), async (c) => {
    await startNow(services, c.var.job.id, c.var.person.userId);
    return redirectToJob(c, c.var.job);
  });
  return routes;
}
