/** GET /jobs/:id/viewer: the parts of a job's page that depend on its viewer, for an open page. */
import { Hono } from "hono";
import type { Env, Services } from "../services.ts";
import { loadJob } from "./middleware/load-job.ts";
import { csrfTokenFor } from "./page/layout.ts";
import { renderViewerParts, viewerParts } from "./page/viewer-parts.ts";

export function viewerPartRoutes(services: Services): Hono<Env> {
  const routes = new Hono<Env>();
  routes.get("/jobs/:id/viewer", loadJob(services, "see"), async (c) => {
    const { job, person } = c.var;
    const parts = await viewerParts(services, person, job, csrfTokenFor(c, services));
    return c.html(renderViewerParts(services.render, parts));
  });
  return routes;
}
