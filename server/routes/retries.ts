/**
 * POST /jobs/:id/retry and /jobs/:id/retry-rejected: redirect to the new job. A job that was retried
 * before leads to its latest retry, which can be retried once it has ended. While a job with the same
 * input is active, the error handler asks first; the form it shows sends `anyway`.
 */
import { type Context, Hono } from "hono";
import { visibleJobs } from "../accounts/authorize.ts";
import type { JobRow } from "../backend/schema.ts";
import { findLatestRetry } from "../engine/start/latest-retry.ts";
import type { Started } from "../engine/start/request.ts";
import { retry } from "../engine/start/retry.ts";
import { retryRejected } from "../engine/start/retry-rejected.ts";
import { retriedElsewhereText, retriedText } from "../presenters/retried-text.ts";
import type { Env, Services } from "../services.ts";
import { assertVisibleRetry } from "./assert-visible-retry.ts";
import { loadJob } from "./middleware/load-job.ts";
import { type Flash, setFlash } from "./page/flash.ts";
import { formField } from "./page/form-fields.ts";
import { redirectToJob, staysOnPage } from "./page/redirect-to-job.ts";

export function retryRoutes(services: Services): Hono<Env> {
  const { config } = services;
  const routes = new Hono<Env>();

  routes.post("/jobs/:id/retry", loadJob(services, "act"), async (c) => {
    const { job, person } = c.var;
    return redirect(c, await retry(services, job, person.userId, await options(c, config)));
  });

  routes.post("/jobs/:id/retry-rejected", loadJob(services, "act"), async (c) => {
    const { job, person } = c.var;
    const given = await options(c, config);
    return redirect(c, await retryRejected(services, job, person.userId, given));
  });

  async function redirect(c: Context<Env>, started: Started): Promise<Response> {
    const { repeated } = started;
    const job = repeated ? await findLatestRetry(services.backend, started.job) : started.job;
    assertVisibleRetry(c.var.person, job);
    const notice = repeated ? repeatedNotice(c, job) : newNotice(c);
    if (notice) setFlash(c, { tone: "plain", ...notice }, config);
    return redirectToJob(c, job);
  }

  return routes;
}

async function options(c: Context<Env>, { limits }: Services["config"]) {
  const anyway = formField(await c.req.parseBody(), "anyway");
  return { limits, unlessActive: anyway ? undefined : visibleJobs(c.var.person, "account") };
}

type Notice = Pick<Flash, "text" | "link">;

function repeatedNotice(c: Context<Env>, { id, status }: JobRow): Notice {
  if (!staysOnPage(c)) return { text: retriedText(status) };
  const link = { href: `/jobs/${id}`, text: "Open job" };
  return { text: retriedElsewhereText(status), link };
}

/** The new job's own page needs no notice. */
function newNotice(c: Context<Env>): Notice | undefined {
  return staysOnPage(c) ? { text: "Job retried." } : undefined;
}
