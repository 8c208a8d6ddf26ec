/** GET /jobs/:id (one job), and those of its parts that an open page asks for. */
import { Hono } from "hono";
import { linesView } from "../../live/frames.ts";
import type { Env, Services } from "../../services.ts";
import { tokenOf } from "../page/layout.ts";
import { jobOf } from "./job-of.ts";
import { jobPage } from "./job-page.ts";
import { noJob } from "./no-job.ts";
import { ownFragments, ownParts } from "./own-parts.ts";

const linesInRow = 10;

export function jobRoutes(services: Services): Hono<Env> {
  const { render, jobs } = services;
  const routes = new Hono<Env>();

  routes.get("/jobs/:id", async (c) => {
    const job = await jobOf(c, services, "see");
    return job ? c.html(await jobPage(c, services, job)) : noJob(c, services);
  });

  routes.get("/jobs/:id/viewer", async (c) => {
    const job = await jobOf(c, services, "see");
    if (!job) return noJob(c, services);
    const own = await ownParts(services, c.var.person, job, tokenOf(c, services));
    return c.html(ownFragments(render, own));
  });

  // The end of the log, for a row that is opened.
  routes.get("/jobs/:id/tail", async (c) => {
    const job = await jobOf(c, services, "see");
    if (!job) return noJob(c, services);
    const lines = await jobs.logTail(job.id, Math.max(0, job.log_seq - linesInRow));
    return c.html(render.partial("jobs/_log_lines", { ...linesView(job.id, lines), oob: false }));
  });

  return routes;
}
