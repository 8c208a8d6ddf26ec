/** GET /jobs/new (choose a kind) and GET /jobs/new/:type (its form). */
import { Hono } from "hono";
import { typicalDurations } from "../engine/eta/typical-duration.ts";
import { checkInput } from "../engine/start/check-input.ts";
import { inputFrom, type Typed, typedFor } from "../forms/input-values.ts";
import { whenTyped } from "../forms/when.ts";
import { defaultIcon, type Kind } from "../job.ts";
import type { KindCard } from "../presenters/job-form.ts";
import { typicalDurationText } from "../presenters/usually.ts";
import type { Env } from "../services.ts";
import { kindNotFound } from "./http-error.ts";
import type { JobFormServices } from "./page/job-form-pages.ts";
import { nextFormPage } from "./page/next-form-page.ts";
import { findPrefillJob, prefillFrom } from "./page/prefill.ts";
import { layoutWithTray } from "./page/tray.ts";

export function jobFormRoutes(services: JobFormServices): Hono<Env> {
  const { backend, catalog, render } = services;
  const routes = new Hono<Env>();

  routes.get("/jobs/new", async (c) => {
    const typical = await typicalDurations(backend.db, catalog, c.var.person.accountId);
    const kinds = [...catalog].filter(([, kind]) => kind.listed !== false);
    const cards = kinds.map(([type, kind]) =>
      kindCard(type, kind, typicalDurationText(typical(type, null))),
    );
    const layout = await layoutWithTray(c, services, { title: "New job", section: "new" });
    return c.html(render.page("jobs/new", { layout, kinds: cards }));
  });

  routes.get("/jobs/new/:type", async (c) => {
    const type = c.req.param("type");
    const kind = catalog.get(type);
    if (!kind) throw kindNotFound();
    if (kind.startPage) return c.redirect(kind.startPage, 303);
    const query = c.req.query();
    const from = await findPrefillJob(services, c.var.person, type, query.from_job);
    const prefilled = await prefillFrom(services, kind, from, typedFor(kind, query));
    const { typed } = prefilled;
    const errors = { ...errorsIn(kind, typed), ...prefilled.errors };
    return nextFormPage(c, services, { type, kind, typed, from, when: whenTyped(query), errors });
  });

  return routes;
}

function kindCard(type: string, kind: Kind, usually: string): KindCard {
  const { title, description, icon = defaultIcon, startPage } = kind;
  return { kind: type, icon, title, description, href: startPage ?? `/jobs/new/${type}`, usually };
}

/** Errors of the fields that the query prefills. Missing fields are not errors yet. */
function errorsIn(kind: Kind, typed: Typed): Record<string, string> {
  const checked = checkInput(kind, inputFrom(kind, typed));
  const errors = checked.ok ? [] : Object.entries(checked.errors);
  return Object.fromEntries(errors.filter(([name]) => typed[name] !== undefined));
}
