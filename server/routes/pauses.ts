/** POST /jobs/:id/pause and /jobs/:id/resume */
import { Hono } from "hono";
import { pause, resume } from "../engine/pause.ts";
import type { Env, Services } from "../services.ts";
import { loadJob } from "./middleware/load-job.ts";
import { redirectToJob } from "./page/redirect-to-job.ts";

export function pauseRoutes(services: Services): Hono<Env> {
  const routes = new Hono<Env>();

  routes.post("/jobs/:id/pause", loadJob(services, "act"), async (c) => {
    await pause(services, c.var.job.id, c.var.person.userId);
    return redirectToJob(c, c.var.job);
  });

  routes.post("/jobs/:id/resume", loadJob(services, "act"), async (c) => {
    await resume(services, c.var.job.id, c.var.person.userId);
    return redirectToJob(c, c.var.job);
  });

  return routes;
}
