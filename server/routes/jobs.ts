/** GET /jobs (the dashboard) and GET /jobs/:id (one job). */
import { Hono } from "hono";
import { visibleJobs } from "../accounts/authorize.ts";
import { withBusy } from "../jobs/busy.ts";
import { listJobs } from "../jobs/list.ts";
import { createFrames } from "../live/frames.ts";
import { createJobReader } from "../live/job-reader.ts";
import type { Env, Services } from "../services.ts";
import { filterView, readFilter } from "./job-filter.ts";
import { jobOf } from "./job-of.ts";
import { actionsView, jobPage } from "./job-page.ts";
import { layoutFor, tokenOf } from "./layout.ts";
import { noJob } from "./no-job.ts";
import { refreshView } from "./refresh.ts";

const rowsOnPage = 50;

export function jobRoutes(services: Services): Hono<Env> {
  const { backend, catalog, render } = services;
  const frames = createFrames({ catalog, render, reader: createJobReader(services) });
  const routes = new Hono<Env>();

  routes.get("/jobs", async (c) => {
    const { person } = c.var;
    const filter = readFilter(c.req.query(), catalog);
    const visible = visibleJobs(person, filter.scope);
    const after = c.req.query("after");
    // What starts while the list is read is told by the stream.
    const now = backend.now();
    const list = await listJobs(
      backend.db,
      { ...filter.where, ...visible },
      { limit: rowsOnPage, after },
    );
    const jobs = (await withBusy(backend.db, list.jobs)).map((row) => frames.view(row, [], now));
    const layout = layoutFor(c, services, {
      title: "Jobs",
      section: "jobs",
      topics: [
        `jobs:${filter.scope}`,
        ...jobs.filter((job) => job.active).map((job) => `row:${job.id}`),
      ],
      since: String(now),
      refresh: jobs.some((job) => job.active) ? refreshView(c, 10) : null,
    });
    return c.html(
      render.page("jobs/index", {
        layout,
        jobs,
        filter: filterView(filter, catalog, person),
        countText: `${jobs.length} ${jobs.length === 1 ? "job" : "jobs"} shown`,
        olderHref: list.next ? filter.href({ after: list.next }) : null,
        newestHref: after ? filter.href({}) : null,
      }),
    );
  });

  routes.get("/jobs/:id", async (c) => {
    const job = await jobOf(c, services, "see");
    return job ? c.html(await jobPage(c, services, frames, job)) : noJob(c, services);
  });

  // The bar of buttons is the viewer's own, so it stands outside of what is sent to everybody.
  routes.get("/jobs/:id/actions", async (c) => {
    const job = await jobOf(c, services, "see");
    if (!job) return noJob(c, services);
    const token = tokenOf(c, services);
    return c.html(render.partial("jobs/_actions", actionsView(c.var.person, catalog, job, token)));
  });

  routes.get("/jobs/:id/log", async (c) => {
    const job = await jobOf(c, services, "see");
    if (!job) return noJob(c, services);
    const lines = await backend.db
      .selectFrom("job_logs")
      .selectAll()
      .where("job_id", "=", job.id)
      .orderBy("seq")
      .limit(100_000)
      .execute();
    const text = lines.map((line) => {
      return `${new Date(line.happened_at).toISOString()} ${line.level} ${line.message}\n`;
    });
    return c.text(text.join(""));
  });

  return routes;
}
