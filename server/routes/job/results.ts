/** GET /jobs/:id/result and results.zip: on to what a job left, or all of its files at once. */
import { type Context, Hono } from "hono";
import type { FileRow, JobRow } from "../../backend/schema.ts";
import { auditDownload } from "../../jobs/audit.ts";
import type { Env, Services } from "../../services.ts";
import { attachment } from "../../storage/content-disposition.ts";
import { filesOf, isKept } from "../../storage/files.ts";
import { linkToFile } from "../../storage/links.ts";
import { zipOf } from "../../storage/zip.ts";
import { errorPage } from "../page/error-page.ts";
import { jobOf } from "./job-of.ts";
import { noJob } from "./no-job.ts";

export function resultRoutes(services: Services): Hono<Env> {
  const { backend, catalog, config, storage } = services;
  const routes = new Hono<Env>();

  // A page, or a file by a link made for this person; asked for again, it makes another link.
  routes.get("/jobs/:id/result", async (c) => {
    const job = await jobOf(c, services, "download");
    if (!job) return noJob(c, services);
    const wanted = c.req.query("file");
    if (job.result_page && !wanted) return c.redirect(job.result_page, 303);
    const files = await keptFiles(job);
    const file = wanted ? files.find(({ id }) => id === wanted) : files[0];
    if (!file) return nothing(c, job);
    const link = linkToFile(config.secret, file.id, c.var.person.userId, backend.now());
    return c.redirect(link, 303);
  });

  routes.get("/jobs/:id/results.zip", async (c) => {
    const job = await jobOf(c, services, "download");
    if (!job) return noJob(c, services);
    const listed = await keptFiles(job);
    // Looked for before the first byte goes out: behind it nothing can be said in words.
    const sizes = await Promise.all(listed.map((file) => storage.size(file.storage_key)));
    const files = listed.filter((_, place) => sizes[place] !== undefined);
    if (files.length === 0) return nothing(c, job);
    c.header("Cache-Control", "private, no-store, no-transform");
    c.header("Content-Type", "application/zip");
    c.header("Content-Disposition", attachment(archiveName(job)));
    if (c.req.method === "HEAD") return c.body(null);
    const { userId, sessionId } = c.var.person;
    const via = sessionId === null ? "api" : "page";
    const fileName = archiveName(job);
    await auditDownload(backend, { jobId: job.id, userId, via, fileId: "zip", fileName });
    const entries = files.map(({ name, size, created_at, storage_key }) => {
      return { name, size, at: created_at, read: () => storage.read(storage_key) };
    });
    return c.body(ReadableStream.from(zipOf(entries)));
  });

  async function keptFiles({ id }: JobRow): Promise<FileRow[]> {
    const now = backend.now();
    return (await filesOf(backend, id)).filter((file) => isKept(file, now));
  }

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
