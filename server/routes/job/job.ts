/** GET /jobs/:id (one job), and its buttons. */
import { Hono } from "hono";
import { createFrames, linesView } from "../../live/frames.ts";
import { createJobReader } from "../../live/job-reader.ts";
import type { Env, Services } from "../../services.ts";
import { tokenOf } from "../page/layout.ts";
import { jobOf } from "./job-of.ts";
import { actionsView, jobPage } from "./job-page.ts";
import { noJob } from "./no-job.ts";

const linesInRow = 10;

export function jobRoutes(services: Services): Hono<Env> {
  const { backend, catalog, render } = services;
  const reader = createJobReader(services);
  const frames = createFrames({ catalog, render, reader });
  const routes = new Hono<Env>();

  routes.get("/jobs/:id", async (c) => {
    const job = await jobOf(c, services, "see");
    return job ? c.html(await jobPage(c, services, frames, job)) : noJob(c, services);
  });

  // The bar of buttons is the viewer's own, so it stands outside of what is sent to everybody.
  routes.get("/jobs/:id/actions", async (c) => {
    const job = await jobOf(c, services, "see");
    if (!job) return noJob(c, services);
    const token = tokenOf(c, services);
    return c.html(
      render.partial(
        "jobs/_actions",
        actionsView(c.var.person, catalog, job, token, backend.now()),
      ),
    );
  });

  // The end of the log, for a row that is opened.
  routes.get("/jobs/:id/tail", async (c) => {
    const job = await jobOf(c, services, "see");
    if (!job) return noJob(c, services);
    const lines = await reader.lines(job.id, Math.max(0, job.log_seq - linesInRow));
    return c.html(render.partial("jobs/_lines", { ...linesView(job.id, lines), oob: false }));
  });

  return routes;
}
