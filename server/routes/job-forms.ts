/**
 * GET /jobs/new (choose a kind), GET /jobs/new/:type (its form), and POST /jobs/new/:type
 * (redirects to the form with the submitted values, which reads the uploaded file again).
 */
import { Hono } from "hono";
import { checkInput } from "../engine/start/check-input.ts";
import {
  type FormValues,
  parseInput,
  pickFormValues,
  submittedValues,
} from "../forms/input-values.ts";
import { readScheduleInput } from "../forms/schedule.ts";
import type { Kind } from "../job.ts";
import { settingsOf } from "../kind-settings.ts";
import { chooseFileField, kindCard, moreFilesField } from "../presenters/job-form.ts";
import type { Env } from "../services.ts";
import { kindNotFound } from "./http-error.ts";
import { keepForBack } from "./middleware/no-store.ts";
import { formAddress } from "./page/form-address.ts";
import { formErrors } from "./page/form-errors.ts";
import { formField, idempotencyKeyOf } from "./page/form-fields.ts";
import type { JobFormServices } from "./page/job-form-pages.ts";
import { findMoreFiles } from "./page/more-files.ts";
import { nextFormPage } from "./page/next-form-page.ts";
import { findPrefillJob, prefillFrom } from "./page/prefill.ts";
import { layoutWithTray } from "./page/tray.ts";

export function jobFormRoutes(services: JobFormServices): Hono<Env> {
  const { catalog, jobs, render } = services;
  const routes = new Hono<Env>();

  routes.get("/jobs/new", async (c) => {
    const typical = await jobs.typicalDurations(c.var.person.accountId);
    const kinds = [...catalog].filter(([, kind]) => kind.listed !== false);
    const cards = kinds.map(([type, kind]) =>
      kindCard(type, kind, typical(type, null), settingsOf(kind).missing),
    );
    const layout = await layoutWithTray(c, services, { title: "New job", section: "new" });
    return c.html(render.page("jobs/new", { layout, kinds: cards }));
  });

  routes.get("/jobs/new/:type", keepForBack, async (c) => {
    const type = c.req.param("type");
    const kind = catalog.get(type);
    if (!kind) throw kindNotFound();
    if (kind.startPage) return c.redirect(kind.startPage, 303);
    const query = c.req.query();
    const from = await findPrefillJob(services, c.var.person, type, query.from_job);
    const prefilled = await prefillFrom(services, kind, from, pickFormValues(kind, query));
    const { values } = prefilled;
    const schedule = readScheduleInput(query);
    const shownTable = formField(query, "shown_table");
    const form = { kind, values, schedule, shownTable };
    const { timeZone } = c.var.person.preferences;
    const refused = query.refused ? formErrors(form, timeZone, services.backend.now()) : {};
    if (Object.keys(refused).length > 0) c.status(422);
    return nextFormPage(c, services, {
      ...{ ...form, type, from },
      moreFiles: await findMoreFiles(services, c.var.person, query[moreFilesField]),
      idempotencyKey: idempotencyKeyOf(query),
      errors: { ...errorsIn(kind, values), ...refused, ...prefilled.errors },
      wasReadAgain: Boolean(query.read_again),
      choosesFile: Boolean(query[chooseFileField]),
    });
  });

  routes.post("/jobs/new/:type", async (c) => {
    const type = c.req.param("type");
    const kind = catalog.get(type);
    if (!kind) throw kindNotFound();
    const body = await c.req.parseBody();
    const draft = {
      type,
      kind,
      values: submittedValues(kind, body),
      from: await findPrefillJob(services, c.var.person, type, formField(body, "from_job")),
      moreFiles: await findMoreFiles(services, c.var.person, formField(body, moreFilesField)),
      schedule: readScheduleInput(body),
      idempotencyKey: idempotencyKeyOf(body),
      wasReadAgain: formField(body, "read_again") !== "",
      choosesFile: formField(body, chooseFileField) !== "",
      shownTable: formField(body, "shown_table"),
    };
    const why = draft.choosesFile ? chooseFileField : "";
    const address = formAddress(draft, draft.wasReadAgain ? "read_again" : why);
    return address ? c.redirect(address, 303) : nextFormPage(c, services, draft);
  });

  return routes;
}

/** Errors of the fields that the query prefills. Missing fields are not errors yet. */
function errorsIn(kind: Kind, values: FormValues): Record<string, string> {
  const checked = checkInput(kind, parseInput(kind, values));
  const errors = checked.ok ? [] : Object.entries(checked.errors);
  return Object.fromEntries(errors.filter(([name]) => values[name] !== undefined));
}
