/** GET /jobs (the dashboard), GET /jobs/:id, POST /jobs (start). */
import { Hono } from "hono";
import { visibleJobs } from "../accounts/authorize.ts";
import { InvalidInput, type Started } from "../engine/start/request.ts";
import { start } from "../engine/start/start.ts";
import { plainFields } from "../forms/input-fields.ts";
import {
  type FormValues,
  isPartOf,
  parseInput,
  submittedValues,
  withoutSecrets,
} from "../forms/input-values.ts";
import { parseSchedule, readScheduleInput } from "../forms/schedule.ts";
import type { Kind } from "../job.ts";
import { moreFilesField, nextFileHref } from "../presenters/job-form.ts";
import type { FlashView } from "../presenters/layout.ts";
import type { Env, Services } from "../services.ts";
import { kindNotFound } from "./http-error.ts";
import { loadJob } from "./middleware/load-job.ts";
import { keepForBack } from "./middleware/no-store.ts";
import { createDashboard } from "./page/dashboard.ts";
import { setFlash } from "./page/flash.ts";
import { otherTableError } from "./page/form-errors.ts";
import { formField, idempotencyKeyOf } from "./page/form-fields.ts";
import { jobPage } from "./page/job-page.ts";
import { findMoreFiles } from "./page/more-files.ts";
import { findPrefillJob } from "./page/prefill.ts";
import { showRefusedForm } from "./page/refused-form.ts";

export function jobRoutes(services: Services): Hono<Env> {
  const { backend, catalog, config } = services;
  const dashboard = createDashboard(services);
  const routes = new Hono<Env>();

  routes.get("/jobs", async (c) => c.html(await dashboard(c)));

  routes.get("/jobs/:id", loadJob(services, "see"), async (c) => {
    return c.html(await jobPage(c, services, c.var.job));
  });

  routes.post("/jobs", keepForBack, async (c) => {
    const body = await c.req.parseBody();
    const type = formField(body, "type");
    const kind = catalog.get(type);
    if (!kind) throw kindNotFound();
    const { person } = c.var;
    const { accountId, userId, preferences } = person;
    const values = submittedValues(kind, body);
    const idempotencyKey = idempotencyKeyOf(body);
    const from = await findPrefillJob(services, person, type, formField(body, "from_job"));
    const moreFiles = await findMoreFiles(services, person, formField(body, moreFilesField));
    const schedule = readScheduleInput(body);
    // A form with a repetition describes a schedule, whose times the person sees first.
    if (schedule.repeats) return c.redirect("/schedules/new", 307);
    const shownTable = formField(body, "shown_table");
    const { runAt, error: scheduleError } = parseSchedule(
      schedule,
      preferences.timeZone,
      backend.now(),
    );
    try {
      const started = await start(backend, catalog, {
        ...{
          kind: type,
          input: parseInput(kind, values),
          accountId,
          userId,
          idempotencyKey,
          runAt,
        },
        ...{ retryOf: from?.id, changed: from !== undefined },
        errors: {
          ...(scheduleError && { when: scheduleError }),
          ...otherTableError({ kind, values, shownTable }),
        },
        limits: config.limits,
        uploadsOf: visibleJobs(person, "account"),
        unlessActive: formField(body, "anyway") ? undefined : visibleJobs(person, "account"),
      });
      if (started.repeated) setFlash(c, repeatedFlash(started, { type, kind, values }), config);
      if (moreFiles.length === 0) return c.redirect(`/jobs/${started.job.id}`, 303);
      if (!started.repeated) setFlash(c, startedFlash(kind, started), config);
      return c.redirect(nextFileHref(type, kind, moreFiles, choices(kind, values)), 303);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      const form = { moreFiles, schedule, idempotencyKey, shownTable };
      const draft = { type, kind, values, from, ...form };
      return showRefusedForm(c, services, { ...draft, errors: error.fields });
    }
  });

  return routes;
}

function startedFlash({ title }: Kind, { job }: Started): FlashView {
  const link = { href: `/jobs/${job.id}`, text: "View job" };
  return { tone: "good", text: `Started: ${title} ${job.subject ?? ""}`.trimEnd(), link };
}

/** The fields that are likely to be the same for the next file. */
function choices(kind: Kind, values: FormValues): FormValues {
  const kept = plainFields(kind).filter(({ affectsPreview, secret }) => !affectsPreview && !secret);
  const entries = Object.entries(values);
  return Object.fromEntries(
    entries.filter(([name]) => kept.some((field) => isPartOf(field, name))),
  );
}

/** Cookies hold about 4 kB; a longer form is offered again as the first job had it. */
const maxHrefLength = 2_000;

function repeatedFlash(
  { job, sameInput }: Started,
  form: { type: string; kind: Kind; values: FormValues },
): FlashView {
  if (sameInput) return { tone: "plain", text: "You already started this. This is the job." };
  const page = `/jobs/new/${form.type}`;
  const filled = `${page}?${new URLSearchParams(withoutSecrets(form.kind, form.values))}`;
  const href = filled.length > maxHrefLength ? `${page}?from_job=${job.id}` : filled;
  const link = { href, text: "Start a new job with your changes" };
  return { tone: "plain", text: "You already started this.", link };
}
