/** GET /jobs (the dashboard), GET /jobs/:id, POST /jobs (start). */
import { Hono } from "hono";
import { visibleJobs } from "../accounts/authorize.ts";
import { InvalidInput, type Started } from "../engine/start/request.ts";
import { start } from "../engine/start/start.ts";
import { inputFrom, sentFor } from "../forms/input-values.ts";
import { whenOf, whenTyped } from "../forms/when.ts";
import type { Env, Services } from "../services.ts";
import { kindNotFound } from "./http-error.ts";
import { loadJob } from "./middleware/load-job.ts";
import { createDashboard } from "./page/dashboard.ts";
import { setFlash } from "./page/flash.ts";
import { formField, idempotencyKeyOf } from "./page/form-fields.ts";
import { jobPage } from "./page/job-page.ts";
import { nextFormPage } from "./page/next-form-page.ts";
import { findPrefillJob } from "./page/prefill.ts";

export function jobRoutes(services: Services): Hono<Env> {
  const { backend, catalog, config } = services;
  const dashboard = createDashboard(services);
  const routes = new Hono<Env>();

  routes.get("/jobs", async (c) => c.html(await dashboard(c)));

  routes.get("/jobs/:id", loadJob(services, "see"), async (c) => {
    return c.html(await jobPage(c, services, c.var.job));
  });

  routes.post("/jobs", async (c) => {
    const body = await c.req.parseBody();
    const type = formField(body, "type");
    const kind = catalog.get(type);
    if (!kind) throw kindNotFound();
    const { person } = c.var;
    const { accountId, userId, preferences } = person;
    const typed = sentFor(kind, body);
    const idempotencyKey = idempotencyKeyOf(body);
    const from = await findPrefillJob(services, person, type, formField(body, "from_job"));
    const when = whenTyped(body);
    const { runAt, wrong } = whenOf(when, preferences.timeZone, backend.now());
    try {
      const started = await start(backend, catalog, {
        ...{ kind: type, input: inputFrom(kind, typed), accountId, userId, idempotencyKey, runAt },
        ...{ retryOf: from?.id, changed: from !== undefined },
        ...(wrong && { errors: { when: wrong } }),
        unlessActive: formField(body, "anyway") ? undefined : visibleJobs(person, "account"),
      });
      if (started.repeated) setFlash(c, { tone: "plain", text: repeatedText(started) }, config);
      return c.redirect(`/jobs/${started.job.id}`, 303);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      c.status(422);
      const draft = { type, kind, typed, from, when, idempotencyKey, errors: error.fields };
      return nextFormPage(c, services, draft);
    }
  });

  return routes;
}

function repeatedText({ sameInput }: Started): string {
  return sameInput
    ? "You already started this job. This is it."
    : "You already started a job with this form, with other choices. This is that job.";
}
