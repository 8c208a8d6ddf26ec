/**
 * GET /jobs/:id/follow-ups/:name asks before a follow-up starts; POST starts it and redirects to the
 * new job.
 */
import { Hono } from "hono";
import { ActionRefused } from "../engine/action-refused.ts";
import { offeredFollowUps } from "../engine/offered-follow-ups.ts";
import { startFollowUp } from "../engine/start/follow-up.ts";
import { followUpPage } from "../presenters/follow-up.ts";
import type { Env, Services } from "../services.ts";
import { loadJob } from "./middleware/load-job.ts";
import { layoutWithTray } from "./page/tray.ts";

export function followUpRoutes(services: Services): Hono<Env> {
  const { catalog, config, render } = services;
  const routes = new Hono<Env>();

  routes.get("/jobs/:id/follow-ups/:name", loadJob(services, "act"), async (c) => {
    const { job } = c.var;
    const name = c.req.param("name");
    const kind = catalog.get(job.kind);
    const offered = offeredFollowUps(job, kind).find(([each]) => each === name);
    if (!offered) throw new ActionRefused("not_offered");
    const layout = await layoutWithTray(c, services, { title: offered[1].label, section: "jobs" });
    return c.html(render.page("jobs/follow_up", { layout, ...followUpPage(job, kind, offered) }));
  });

  routes.post("/jobs/:id/follow-ups/:name", loadJob(services, "act"), async (c) => {
    const { job, person } = c.var;
    const started = await startFollowUp(services, job, c.req.param("name"), {
      userId: person.userId,
      limits: config.limits,
    });
    return c.redirect(`/jobs/${started.job.id}`, 303);
  });

  return routes;
}
