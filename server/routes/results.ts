/**
 * GET /jobs/:id/result: redirects to the result's page, or to a link to its file that is signed for
 * this person. GET /jobs/:id/results.zip: all files at once.
 */
import { Hono } from "hono";
import type { JobRow } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";
import type { Env, Services } from "../services.ts";
import { listArchiveEntries } from "../storage/archive-entries.ts";
import { createFileLink } from "../storage/file-links.ts";
import { listAvailableFiles } from "../storage/job-files.ts";
import { HttpError } from "./http-error.ts";
import { loadJob } from "./middleware/load-job.ts";
import { recordDownloads } from "./page/record-downloads.ts";
import { zipResponse } from "./page/zip-response.ts";

export function resultRoutes(services: Services): Hono<Env> {
  const { backend, catalog, config } = services;
  const routes = new Hono<Env>();

  routes.get("/jobs/:id/result", loadJob(services, "download"), async (c) => {
    const { job, person } = c.var;
    const fileId = c.req.query("file");
    if (job.result_page && !fileId) return c.redirect(job.result_page, 303);
    const files = await listAvailableFiles(backend, [job.id]);
    const file = fileId ? files.find(({ id }) => id === fileId) : files[0];
    if (!file) throw resultNotFound(job);
    const link = createFileLink(config.secret, file.id, person.userId, backend.now());
    return c.redirect(c.req.query("open") ? `${link}&open=1` : link, 303);
  });

  routes.get("/jobs/:id/results.zip", loadJob(services, "download"), async (c) => {
    const { job } = c.var;
    const files = await listArchiveEntries(services, [job.id]);
    if (files.length === 0) throw resultNotFound(job);
    const fileName = archiveName(job, catalog);
    const archive = { jobId: job.id, fileId: "zip", fileName };
    if (c.req.method === "GET") await recordDownloads(c, services, [archive], fileName);
    return zipResponse(c, fileName, files);
  });

  return routes;
}

/** "Import contacts, people.zip" */
function archiveName({ kind, subject }: JobRow, catalog: Catalog): string {
  const base = subject?.replace(/\.[^.]*$/, "");
  return `${[catalog.get(kind)?.title ?? kind, base].filter(Boolean).join(", ")}.zip`;
}

function resultNotFound(job: JobRow): HttpError {
  return new HttpError({
    status: 404,
    title: "Result not found",
    detail: "This job has no result, or its files have expired.",
    links: [{ href: `/jobs/${job.id}`, text: "Back to the job" }],
  });
}
