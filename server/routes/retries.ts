/**
 * POST /jobs/:id/retry and /jobs/:id/retry-rejected: redirect to the new job. While a job with the
 * same input is active, the error handler asks first; the form it shows sends `anyway`.
 */
import { type Context, Hono } from "hono";
import { visibleJobs } from "../accounts/authorize.ts";
import type { Started } from "../engine/start/request.ts";
import { retry } from "../engine/start/retry.ts";
import { retryRejected } from "../engine/start/retry-rejected.ts";
import type { Env, Services } from "../services.ts";
import { assertVisibleRetry } from "./assert-visible-retry.ts";
import { loadJob } from "./middleware/load-job.ts";
import { setFlash } from "./page/flash.ts";
import { formField } from "./page/form-fields.ts";
import { redirectToJob } from "./page/redirect-to-job.ts";

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

  function redirect(c: Context<Env>, { job, repeated }: Started): Response {
    assertVisibleRetry(c.var.person, job);
    const text = repeated ? "Already restarted. This is the new job." : noticeOf(c);
    if (text) setFlash(c, { tone: "plain", text }, config);
    return redirectToJob(c, job);
  }

  return routes;
}

async function options(c: Context<Env>, { limits }: Services["config"]) {
  const anyway = formField(await c.req.parseBody(), "anyway");
  return { limits, unlessActive: anyway ? undefined : visibleJobs(c.var.person, "account") };
}

/** The new job's own page needs no notice. */
function noticeOf(c: Context<Env>): string | undefined {
  return c.req.query("stay") === undefined ? undefined : "Job retried.";
}
