/** POST /jobs/:id/cancel */
import { Hono } from "hono";
import { cancel } from "../engine/cancel.ts";
import { isFinal } from "../engine/status.ts";
import type { Env, Services } from "../services.ts";
import { loadJob } from "./middleware/load-job.ts";
import { setFlash } from "./page/flash.ts";
import { redirectToJob } from "./page/redirect-to-job.ts";

export function cancellationRoutes(services: Services): Hono<Env> {
  const { config } = services;
  const routes = new Hono<Env>();

  routes.post("/jobs/:id/cancel", loadJob(services, "act"), async (c) => {
    const { status } = await cancel(services, c.var.job.id, c.var.person.userId);
    if (isFinal(status) && status !== "cancelled") {
      const text = "The job finished before it could be cancelled.";
      setFlash(c, { tone: "plain", text }, config);
    }
    return redirectToJob(c, c.var.job);
  });

  return routes;
}
