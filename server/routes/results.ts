/** GET /jobs/:id/result and results.zip: on to what a job left, or all of its files at once. */
import { type Context, Hono } from "hono";
import type { JobRow } from "../backend/schema.ts";
import { recordDownloads } from "../engine/audit.ts";
import type { Env, Services } from "../services.ts";
import { listArchiveEntries } from "../storage/archive-entries.ts";
import { createFileLink } from "../storage/file-links.ts";
import { listAvailableFiles } from "../storage/job-files.ts";
import { jobOf } from "./job/job-of.ts";
import { noJob } from "./job/no-job.ts";
import { doerOf } from "./page/doer.ts";
import { errorPage } from "./page/error-page.ts";
import { zipAnswer } from "./page/zip-answer.ts";

export function resultRoutes(services: Services): Hono<Env> {
  const { backend, catalog, config } = services;
  const routes = new Hono<Env>();

  // A page, or a file by a link made for this person; asked for again, it makes another link.
  routes.get("/jobs/:id/result", async (c) => {
    const job = await jobOf(c, services, "download");
    if (!job) return noJob(c, services);
    const wanted = c.req.query("file");
    if (job.result_page && !wanted) return c.redirect(job.result_page, 303);
    const files = await listAvailableFiles(backend, [job.id]);
    const file = wanted ? files.find(({ id }) => id === wanted) : files[0];
    if (!file) return nothing(c, job);
    const link = createFileLink(config.secret, file.id, c.var.person.userId, backend.now());
    return c.redirect(link, 303);
  });

  routes.get("/jobs/:id/results.zip", async (c) => {
    const job = await jobOf(c, services, "download");
    if (!job) return noJob(c, services);
    const files = await listArchiveEntries(services, [job.id]);
    if (files.length === 0) return nothing(c, job);
    const fileName = archiveName(job);
    const archive = { jobId: job.id, fileId: "zip", fileName };
    if (c.req.method === "GET") await recordDownloads(backend, doerOf(c.var.person), [archive]);
    return zipAnswer(c, fileName, files);
  });

  /** "Import contacts, people.zip" */
  function archiveName({ kind, subject }: JobRow): string {
    const about = subject?.replace(/\.[^.]*$/, "");
    return `${[catalog.get(kind)?.title ?? kind, about].filter(Boolean).join(", ")}.zip`;
  }

  function nothing(c: Context<Env>, job: JobRow) {
    return errorPage(c, services, {
      status: 404,
      heading: "There is no result",
      message: "This job has left nothing to look at, or its files were deleted after their time.",
      links: [{ href: `/jobs/${job.id}`, text: "Back to the job" }],
    });
  }

  return routes;
}
