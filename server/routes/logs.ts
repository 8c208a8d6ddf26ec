/**
 * GET /jobs/:id/log: the whole log as a text file, or its lines of at least `?level=`.
 * GET /jobs/:id/output: the text that the job has written so far.
 * GET /jobs/:id/tail: the last lines, for an opened row of the list.
 */
import { Hono } from "hono";
import type { JobRow, LogRow } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";
import { logLines, logMessage } from "../presenters/log.ts";
import type { Env, Services } from "../services.ts";
import { formatAttachment } from "../storage/content-disposition.ts";
import { escapeControls } from "../text/control-characters.ts";
import { loadJob } from "./middleware/load-job.ts";
import { minLevel } from "./page/job-log.ts";

const linesInRow = 10;

export function logRoutes(services: Services): Hono<Env> {
  const { catalog, jobs, render } = services;
  const routes = new Hono<Env>();

  routes.get("/jobs/:id/log", loadJob(services, "see"), async (c) => {
    const { job } = c.var;
    c.header("Content-Type", "text/plain; charset=utf-8");
    c.header("Content-Disposition", formatAttachment(fileName(job, catalog, "log.txt")));
    if (c.req.method === "HEAD") return c.body(null);
    const pages = jobs.wholeLog(job.id, minLevel(c.req.query()));
    return c.body(ReadableStream.from(asText(pages)));
  });

  routes.get("/jobs/:id/output", loadJob(services, "see"), async (c) => {
    const { job } = c.var;
    c.header("Content-Type", "text/plain; charset=utf-8");
    c.header("Content-Disposition", formatAttachment(fileName(job, catalog, "output.txt")));
    if (c.req.method === "HEAD") return c.body(null);
    return c.body(ReadableStream.from(asBytes(jobs.wholeOutput(job.id))));
  });

  routes.get("/jobs/:id/tail", loadJob(services, "see"), async (c) => {
    const { id, log_seq } = c.var.job;
    const lines = await jobs.logTail(id, Math.max(0, log_seq - linesInRow));
    return c.html(render.partial("jobs/_log_lines", { ...logLines(id, lines), oob: false }));
  });

  return routes;
}

/** "Import contacts, people.csv, log.txt" */
function fileName({ kind, subject }: JobRow, catalog: Catalog, name: string): string {
  const title = catalog.get(kind)?.title ?? kind;
  return [title, subject, name].filter(Boolean).join(", ");
}

async function* asBytes(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield Buffer.from(piece);
}

async function* asText(pages: AsyncIterable<LogRow[]>): AsyncGenerator<Uint8Array> {
  for await (const lines of pages) yield Buffer.from(lines.map(lineText).join(""));
}

/** Joins a message of several lines into one. It may have characters of a file of a stranger. */
function lineText({ created_at, level, message }: LogRow): string {
  const text = escapeControls(logMessage({ level, message })).replace(/\s*[\r\n]+\s*/g, " ");
  return `${new Date(created_at).toISOString()} ${level.padEnd(5)} ${text}\n`;
}
