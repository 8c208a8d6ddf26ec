/** GET /files/:id: downloads by signed links. The bytes pass through us, so a link serves one person. */
import { type Context, Hono } from "hono";
import { can } from "../accounts/authorize.ts";
import type { Person } from "../accounts/person.ts";
import type { Env, Services } from "../services.ts";
import { linkLifetimeHours, verifyFileLink } from "../storage/file-links.ts";
import { findFile, isAvailable, type JobFile } from "../storage/job-files.ts";
import { previewNeeds } from "../storage/result-preview.ts";
import { isWebPage } from "../storage/web-page.ts";
import { HttpError } from "./http-error.ts";
import { type Download, fileResponse, webPageResponse } from "./page/file-response.ts";
import { type DownloadServices, recordDownloads } from "./page/record-downloads.ts";

/** Mount behind `requirePerson`. */
export function fileRoutes(services: DownloadServices & Pick<Services, "storage">): Hono<Env> {
  const routes = new Hono<Env>();
  routes.get("/files/:id", async (c) => {
    // A compressed file would have no known length, and its download could not be continued.
    c.header("Cache-Control", "private, no-store, no-transform");
    const download = await findDownload(c, services);
    if (c.req.method === "GET" && !isPreview(c, download)) {
      const { job_id: jobId, id: fileId, name: fileName } = download.file;
      await recordDownloads(c, services, [{ jobId, fileId, fileName }], fileName);
    }
    const opens = c.req.query("open") !== undefined && isWebPage(download.file);
    return (opens ? webPageResponse : fileResponse)(c, services.storage, download);
  });
  return routes;
}

/** @throws HttpError if the link is not valid for this person, or the file is gone */
async function findDownload(
  c: Context<Env>,
  { backend, config, storage }: Pick<Services, "backend" | "config" | "storage">,
): Promise<Download> {
  const { person } = c.var;
  const now = backend.now();
  const { expires, signature } = c.req.query();
  const query = { fileId: c.req.param("id") ?? "", expires, signature };
  const file = await findFile(backend, query.fileId);
  if (!file || !can(person, "download", file)) throw fileNotFound(person);
  const size = isAvailable(file, now) ? await storage.size(file.storage_key) : undefined;
  if (size === undefined) throw fileExpired(file);
  const link = verifyFileLink(config.secret, query, person.userId, now);
  if (link === "expired") throw linkExpired(file);
  if (link !== "valid") throw linkInvalid(file);
  return { file, size };
}

/** Whether the job's page shows the file in itself, which is not a download. */
function isPreview(c: Context<Env>, { file, size }: Download): boolean {
  const destination = c.req.header("sec-fetch-dest");
  if (isWebPage(file) && c.req.query("open") !== undefined) return destination === "iframe";
  const isImage = previewNeeds({ mediaType: file.media_type, size }) === "image";
  return isImage && destination === "image";
}

/** Does not reveal whether the file exists. */
function fileNotFound({ email }: Person): HttpError {
  return new HttpError({
    status: 404,
    title: "You can't open this link",
    detail: `It works only for the person who created it, and you are signed in as ${email}. Ask them to send you the file.`,
  });
}

function linkInvalid(file: JobFile): HttpError {
  return new HttpError({
    status: 403,
    title: "This download link isn't valid",
    detail: "It was created for somebody else, or a part of it is missing.",
    links: [newLink(file), jobLink(file)],
  });
}

function linkExpired(file: JobFile): HttpError {
  return new HttpError({
    status: 410,
    title: "This link has expired",
    detail: `Download links work for ${linkLifetimeHours} hours. The file is still there.`,
    links: [newLink(file), jobLink(file)],
  });
}

function fileExpired(file: JobFile): HttpError {
  return new HttpError({
    status: 410,
    title: "This file was deleted",
    detail: "Run the job again to create a new one.",
    links: [jobLink(file)],
  });
}

const newLink = (file: JobFile) => {
  return { href: `/jobs/${file.job_id}/result?file=${file.id}`, text: "Get a new link" };
};
const jobLink = (file: JobFile) => ({ href: `/jobs/${file.job_id}`, text: "Open the job" });
