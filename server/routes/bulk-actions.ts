/**
 * POST /jobs/bulk: one action for the jobs that were chosen in the list, at once. For all that match
 * the list's filter, GET /jobs/bulk says what will happen, and POST /jobs/bulk/all starts a job.
 */
import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { can } from "../accounts/authorize.ts";
import type { JobRow } from "../backend/schema.ts";
import { recordDownloads } from "../engine/audit.ts";
import { type BulkAction, cancelMany, clearMany, retryMany } from "../engine/bulk.ts";
import { start } from "../engine/start/start.ts";
import type { Env, Services } from "../services.ts";
import { listArchiveEntries } from "../storage/archive-entries.ts";
import { formatCount } from "../text/counts.ts";
import { bulkKinds, bulkPage, isBulkAction } from "./dashboard/bulk-page.ts";
import { isJobId } from "./job/job-of.ts";
import { choiceOf, readFilter, whichJobs } from "./job-filter.ts";
import { doerOf } from "./page/doer.ts";
import { setFlash } from "./page/flash.ts";
import { field, keyOf } from "./page/form.ts";
import { pageOf } from "./page/guard.ts";
import { zipAnswer } from "./page/zip-answer.ts";

/** More than a page of the list holds. */
const mostIds = 200;

const actions = new Map<string, { run: BulkAction; done: string }>([
  ["cancel", { run: cancelMany, done: "asked to stop" }],
  ["clear", { run: clearMany, done: "cleared from the list" }],
  ["retry", { run: retryMany, done: "started again" }],
]);

export function bulkRoutes(services: Services): Hono<Env> {
  const { backend, catalog, config } = services;
  const routes = new Hono<Env>();

  routes.post("/jobs/bulk", async (c) => {
    const body = await c.req.parseBody({ all: true });
    const action = field(body, "action");
    if (field(body, "all") && isBulkAction(action)) {
      const filter = readFilter(texts(body), catalog, c.var.person, backend.now());
      const query = new URLSearchParams({ action });
      for (const { name, value } of filter.fields) query.set(name, value);
      return c.redirect(`/jobs/bulk?${query}`, 303);
    }
    const jobs = await allowed(c, idsIn(body));
    if (jobs.length === 0)
      return backWith(c, "plain", "Choose some jobs first, or open the one that you mean.");
    if (action === "download") return download(c, jobs);
    const chosen = actions.get(action);
    if (!chosen) return backWith(c, "plain", "Choose what to do with them.");
    const context = { backend, catalog, by: c.var.person.userId, since: backend.now() };
    const count = await chosen.run(context, jobs);
    const left = idsIn(body).length - count;
    const rest = left > 0 ? `; ${formatCount(left, "jobs")} left as before` : "";
    return backWith(c, "good", `${formatCount(count, "jobs")} ${chosen.done}${rest}.`);
  });

  routes.get("/jobs/bulk", async (c) => {
    const action = c.req.query("action") ?? "";
    if (!isBulkAction(action)) return c.redirect("/jobs", 303);
    return c.html(await bulkPage(c, services, action));
  });

  routes.post("/jobs/bulk/all", async (c) => {
    const body = await c.req.parseBody();
    const { person } = c.var;
    const { accountId, userId } = person;
    const action = field(body, "action");
    const until = Math.min(Number(field(body, "until")), backend.now());
    if (!isBulkAction(action) || !(until > 0)) return c.redirect("/jobs", 303);
    const filter = readFilter(texts(body), catalog, person, until);
    const { job } = await start(backend, catalog, {
      kind: bulkKinds[action],
      input: { which: whichJobs(filter, catalog), choice: choiceOf(filter, until) },
      ...{ accountId, userId },
      idempotencyKey: keyOf(body) ?? randomUUID(),
    });
    return c.redirect(`/jobs/${job.id}`, 303);
  });

  async function allowed(c: Context<Env>, ids: string[]): Promise<JobRow[]> {
    const found = await services.jobs.getMany(ids);
    return found.filter(
      (job) => can(c.var.person, "act", job) && can(c.var.person, "download", job),
    );
  }

  async function download(c: Context<Env>, jobs: readonly JobRow[]): Promise<Response> {
    const files = await listArchiveEntries(
      services,
      jobs.map(({ id }) => id),
    );
    if (files.length === 0) return backWith(c, "plain", "None of these jobs has left a file.");
    await recordDownloads(backend, doerOf(c.var.person), files);
    return zipAnswer(c, `Files of ${formatCount(jobs.length, "jobs")}.zip`, files);
  }

  function backWith(c: Context<Env>, tone: "good" | "plain", text: string): Response {
    setFlash(c, { tone, text }, config);
    return c.redirect(pageOf(c), 303);
  }

  return routes;
}

function idsIn(body: Record<string, unknown>): string[] {
  const ids = [body.ids ?? []].flat();
  return ids.filter((id): id is string => typeof id === "string" && isJobId(id)).slice(0, mostIds);
}

/** Fields that are there once, as a query has them. */
function texts(body: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.keys(body).map((name) => [name, field(body, name)]));
}
