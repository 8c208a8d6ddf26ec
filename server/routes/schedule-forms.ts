/**
 * POST /schedules/new shows the times of a schedule that a kind's form describes, POST /schedules creates
 * it. GET and POST /schedules/:id/edit do the same with the times of an existing one.
 */
import { Hono } from "hono";
import { visibleJobs } from "../accounts/authorize.ts";
import { editSchedule } from "../engine/schedules/change-schedule.ts";
import { createSchedule } from "../engine/schedules/create-schedule.ts";
import { InvalidRepetition } from "../engine/schedules/invalid-repetition.ts";
import { checkWork } from "../engine/schedules/schedule-request.ts";
import { InvalidInput } from "../engine/start/request.ts";
import { parseInput, submittedValues } from "../forms/input-values.ts";
import { readScheduleInput, timeZoneOf } from "../forms/schedule.ts";
import type { Env, Services } from "../services.ts";
import { kindNotFound } from "./http-error.ts";
import { loadSchedule } from "./middleware/load-schedule.ts";
import { keepForBack } from "./middleware/no-store.ts";
import { setFlash } from "./page/flash.ts";
import { otherTableError } from "./page/form-errors.ts";
import { formField, idempotencyKeyOf } from "./page/form-fields.ts";
import type { RouteContext } from "./page/layout.ts";
import { showRefusedForm } from "./page/refused-form.ts";
import { scheduleFormPage } from "./page/schedule-form.ts";

/** Fields that the page itself has, and those that mean a single job. */
const ownFields = ["token", "repeats", "time_zone", "when", "when_at", "anyway"];

export function scheduleFormRoutes(services: Services): Hono<Env> {
  const { backend, catalog, config } = services;
  const routes = new Hono<Env>();

  routes.post("/schedules/new", keepForBack, async (c) => {
    const form = await readForm(c, services);
    try {
      await checkWork(backend, catalog, form.work);
    } catch (error) {
      return refusedForm(c, services, form, error);
    }
    return newSchedulePage(c, services, form);
  });

  routes.post("/schedules", keepForBack, async (c) => {
    const form = await readForm(c, services);
    const { work, idempotencyKey, repeats, timeZone } = form;
    try {
      const request = { ...work, idempotencyKey, repeats, timeZone };
      const { maxSchedules } = config.limits;
      const { id } = await createSchedule(backend, catalog, { ...request, maxSchedules });
      setFlash(c, { tone: "good", text: "Schedule created." }, config);
      return c.redirect(`/schedules/${id}`, 303);
    } catch (error) {
      if (error instanceof InvalidRepetition) return newSchedulePage(c, services, form);
      return refusedForm(c, services, form, error);
    }
  });

  routes.get("/schedules/:id/edit", async (c) => {
    const schedule = await loadSchedule(c, services, "act");
    return editPage(c, services, {
      ...schedule,
      timeZone: schedule.time_zone,
      version: String(schedule.version),
    });
  });

  routes.post("/schedules/:id/edit", async (c) => {
    const schedule = await loadSchedule(c, services, "act");
    const body = await c.req.parseBody();
    const repeats = formField(body, "repeats");
    const timeZone = formField(body, "time_zone");
    const version = formField(body, "version");
    const show = () => editPage(c, services, { ...schedule, repeats, timeZone, version });
    if (c.req.query("check") !== undefined) return show();
    try {
      const edit = { repeats, timeZone, version: Number(version), by: c.var.person.userId };
      await editSchedule({ backend, catalog }, schedule, edit);
    } catch (error) {
      if (error instanceof InvalidRepetition) return show();
      throw error;
    }
    setFlash(c, { tone: "good", text: "Schedule saved." }, config);
    return c.redirect(`/schedules/${schedule.id}`, 303);
  });

  function editPage(
    c: RouteContext,
    _: Services,
    draft: {
      id: string;
      kind: string;
      subject: string | null;
      repeats: string;
      timeZone: string;
      version: string;
    },
  ) {
    const { id, kind, subject, repeats, timeZone, version } = draft;
    const title = catalog.get(kind)?.title ?? kind;
    return scheduleFormPage(c, services, {
      ...{ heading: "Edit schedule", title, subject: subject ?? "", repeats, timeZone },
      ...{ backHref: `/schedules/${id}`, backText: title, submitLabel: "Save" },
      ...{ action: `/schedules/${id}/edit`, checkAction: `/schedules/${id}/edit?check` },
      hidden: [{ name: "version", value: version }],
    });
  }

  return routes;
}

type Form = Awaited<ReturnType<typeof readForm>>;

async function readForm(c: RouteContext, { catalog }: Services) {
  const body = await c.req.parseBody();
  const type = formField(body, "type");
  const kind = catalog.get(type);
  if (!kind) throw kindNotFound();
  const { accountId, userId, preferences } = c.var.person;
  const values = submittedValues(kind, body);
  const schedule = readScheduleInput(body);
  const shownTable = formField(body, "shown_table");
  return {
    ...{ type, kind, values, schedule, shownTable, body },
    repeats: schedule.repeats,
    timeZone: formField(body, "time_zone") || timeZoneOf(schedule, preferences.timeZone),
    idempotencyKey: idempotencyKeyOf(body),
    work: {
      ...{ kind: type, input: parseInput(kind, values), accountId, userId },
      uploadsOf: visibleJobs(c.var.person, "account"),
      errors: otherTableError({ kind, values, shownTable }),
    },
  };
}

function newSchedulePage(c: RouteContext, services: Services, form: Form) {
  const { type, kind, repeats, timeZone, body } = form;
  const hidden = Object.entries(body).flatMap(([name, value]) =>
    ownFields.includes(name) ? [] : [value].flat().map((each) => ({ name, value: String(each) })),
  );
  return scheduleFormPage(c, services, {
    ...{ heading: "New schedule", title: kind.title, subject: "", repeats, timeZone, hidden },
    ...{ backHref: `/jobs/new/${type}`, backText: kind.title, submitLabel: "Create schedule" },
    ...{ action: "/schedules", checkAction: "/schedules/new" },
  });
}

/** An invalid input is shown in the form that the person came from. */
function refusedForm(c: RouteContext, services: Services, form: Form, error: unknown) {
  if (!(error instanceof InvalidInput)) throw error;
  return showRefusedForm(c, services, { ...form, errors: error.fields });
}
