/** Downloads: the bytes pass through the application, so that a link serves one person alone. */
import { type Context, Hono } from "hono";
import type { Person } from "../accounts/accounts.ts";
import { can } from "../accounts/authorize.ts";
import { recordDownloads } from "../engine/audit.ts";
import type { Env, Services } from "../services.ts";
import { formatAttachment } from "../storage/content-disposition.ts";
import { linkLifetimeHours, verifyFileLink } from "../storage/file-links.ts";
import { previewNeeds } from "../storage/file-preview.ts";
import { findFile, isAvailable, type JobFile } from "../storage/job-files.ts";
import { parseRange } from "../storage/range.ts";
import { doerOf } from "./page/doer.ts";
import { errorPage, type Trouble } from "./page/error-page.ts";
import type { PageServices } from "./page/layout.ts";

type FileServices = PageServices & Pick<Services, "backend" | "storage">;

/** Goes behind `requirePerson`. */
export function filesRoutes(services: FileServices): Hono<Env> {
  const { backend, config, storage } = services;
  const routes = new Hono<Env>();

  routes.get("/files/:id", async (c) => {
    // As it is: a file that was compressed on its way has no known length, and cannot go on.
    c.header("Cache-Control", "private, no-store, no-transform");
    const { person } = c.var;
    const now = backend.now();
    const { expires, signature } = c.req.query();
    const query = { fileId: c.req.param("id"), expires, signature };
    const file = await findFile(backend, query.fileId);
    if (!file || !can(person, "download", file)) return refuse(c, notYours(person.email));
    const size = isAvailable(file, now) ? await storage.size(file.storage_key) : undefined;
    if (size === undefined) return refuse(c, gone, [jobLink(file)]);
    const link = verifyFileLink(config.secret, query, person.userId, now);
    if (link === "valid") {
      // A picture inside of the job's page is no download; any other file is, whatever a program says.
      const isPicture = previewNeeds({ mediaType: file.media_type, size }) === "image";
      const isShown = isPicture && c.req.header("sec-fetch-dest") === "image";
      if (c.req.method === "GET" && !isShown) await note(person, file);
      return send(c, file, size);
    }
    return refuse(c, link === "expired" ? lapsed : foreign, [newLink(file), jobLink(file)]);
  });

  function note(person: Person, file: JobFile): Promise<void> {
    const { job_id: jobId, id: fileId, name: fileName } = file;
    return recordDownloads(backend, doerOf(person), [{ jobId, fileId, fileName }]);
  }

  function send(c: Context<Env>, file: JobFile, size: number): Response {
    c.header("Accept-Ranges", "bytes");
    // A file never changes under its id: a download that broke off may go on with the rest.
    const tag = `"${file.id}"`;
    c.header("ETag", tag);
    const isSame = [undefined, tag].includes(c.req.header("if-range"));
    const range = isSame ? parseRange(c.req.header("range"), size) : undefined;
    if (range === "unsatisfiable") {
      return c.body(null, 416, { "Content-Range": `bytes */${size}` });
    }
    const { from, to } = range ?? { from: 0, to: size };
    if (range) c.header("Content-Range", `bytes ${from}-${to - 1}/${size}`);
    c.header("Content-Length", String(to - from));
    c.header("Content-Type", file.media_type);
    c.header("Content-Disposition", formatAttachment(file.name));
    c.header("X-Content-Type-Options", "nosniff");
    const status = range ? 206 : 200;
    if (c.req.method === "HEAD" || from === to) return c.body(null, status);
    // Pulled by the connection: nothing is read ahead, and nothing more once it has closed.
    return c.body(ReadableStream.from(storage.read(file.storage_key, { from, to })), status);
  }

  function refuse(c: Context<Env>, why: Refusal, links: Trouble["links"] = [home]) {
    return errorPage(c, services, { ...why, links });
  }

  return routes;
}

type Refusal = Omit<Trouble, "links">;

const home = { href: "/jobs", text: "All jobs" };
const newLink = (file: JobFile) => {
  return { href: `/jobs/${file.job_id}/result?file=${file.id}`, text: "Make a new link" };
};
const jobLink = (file: JobFile) => ({ href: `/jobs/${file.job_id}`, text: "Open the job" });

/** Says the same of files that are not there: that one exists is not told. */
function notYours(email: string): Refusal {
  return {
    status: 404,
    heading: "This link is not for you",
    message: `A link to a file serves the one person it was made for, and you are signed in as ${email}. Ask who sent it for the file itself.`,
  };
}
const foreign: Refusal = {
  status: 403,
  heading: "This link does not serve you",
  message:
    "It was made for somebody else, or a part of it was lost on its way. You may have the file by a link of your own.",
};
const lapsed: Refusal = {
  status: 410,
  heading: "This link has expired",
  message: `Links to files serve for ${linkLifetimeHours} hours. The file is still there.`,
};
const gone: Refusal = {
  status: 410,
  heading: "This file is no longer kept",
  message: "Run the job again to have it made anew.",
};
