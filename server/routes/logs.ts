/** GET /jobs/:id/log: the whole log as a text file, or its lines from a level on. */
import { Hono } from "hono";
import type { JobRow, LogRow } from "../backend/schema.ts";
import type { Env, Services } from "../services.ts";
import { formatAttachment } from "../storage/content-disposition.ts";
import { leastLevel } from "./job/job-log.ts";
import { jobOf } from "./job/job-of.ts";
import { noJob } from "./job/no-job.ts";

export function logRoutes(services: Services): Hono<Env> {
  const { catalog, jobs } = services;
  const routes = new Hono<Env>();

  routes.get("/jobs/:id/log", async (c) => {
    const job = await jobOf(c, services, "see");
    if (!job) return noJob(c, services);
    c.header("Content-Type", "text/plain; charset=utf-8");
    c.header("Content-Disposition", formatAttachment(fileName(job)));
    if (c.req.method === "HEAD") return c.body(null);
    const pieces = jobs.wholeLog(job.id, leastLevel(c.req.query()));
    return c.body(ReadableStream.from(asText(pieces)));
  });

  /** "Import contacts, people.csv, log.txt" */
  function fileName({ kind, subject }: JobRow): string {
    const title = catalog.get(kind)?.title ?? kind;
    return [title, subject, "log.txt"].filter(Boolean).join(", ");
  }

  return routes;
}

async function* asText(pieces: AsyncIterable<LogRow[]>): AsyncGenerator<Uint8Array> {
  for await (const lines of pieces) yield Buffer.from(lines.map(textOf).join(""));
}

function textOf({ created_at, level, message }: LogRow): string {
  const words = message.replace(/\s*[\r\n]+\s*/g, " ");
  return `${new Date(created_at).toISOString()} ${level.padEnd(5)} ${words}\n`;
}
