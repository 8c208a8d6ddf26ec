/** GET /jobs/new (choose a kind), GET /jobs/new/:type (its form), POST /jobs (start). */
import { Hono } from "hono";
import { visibleJobs } from "../accounts/authorize.ts";
import { typicalDurations } from "../engine/eta/typical-duration.ts";
import { checkInput } from "../engine/start/check-input.ts";
import { AlreadyActive, InvalidInput, type Started } from "../engine/start/request.ts";
import { start } from "../engine/start/start.ts";
import { inputFrom, sentFor, type Typed, typedFor } from "../forms/input-values.ts";
import { whenOf, whenTyped } from "../forms/when.ts";
import type { Kind } from "../job.ts";
import type { KindCard } from "../presenters/job-form.ts";
import { typicalDurationText } from "../presenters/usually.ts";
import type { Env } from "../services.ts";
import { alreadyPage } from "./new-job/already-page.ts";
import { beginWith, earlierOf } from "./new-job/earlier.ts";
import type { NewJobServices } from "./new-job/form-pages.ts";
import { nextPage } from "./new-job/next-page.ts";
import { errorPage } from "./page/error-page.ts";
import { setFlash } from "./page/flash.ts";
import { field, keyOf } from "./page/form.ts";
import type { Handled } from "./page/layout.ts";
import { layoutWithTray } from "./page/tray.ts";

export function newJobsRoutes(services: NewJobServices): Hono<Env> {
  const { backend, catalog, config, render } = services;
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
    if (!kind) return noKind(c, services);
    if (kind.startPage) return c.redirect(kind.startPage, 303);
    const query = c.req.query();
    const from = await earlierOf(c, services, type, query.from_job);
    const given = typedFor(kind, query);
    const { typed, errors } = await beginWith(services, kind, from, given);
    const wrong = { ...errorsIn(kind, typed), ...errors };
    return nextPage(c, services, {
      type,
      kind,
      typed,
      from,
      when: whenTyped(query),
      errors: wrong,
    });
  });

  routes.post("/jobs", async (c) => {
    const body = await c.req.parseBody();
    const type = field(body, "type");
    const kind = catalog.get(type);
    if (!kind) return noKind(c, services);
    const { person } = c.var;
    const { accountId, userId } = person;
    const typed = sentFor(kind, body);
    const idempotencyKey = keyOf(body);
    const from = await earlierOf(c, services, type, field(body, "from_job"));
    const when = whenTyped(body);
    const { runAt, wrong } = whenOf(when, person.preferences.timeZone, backend.now());
    try {
      const started = await start(backend, catalog, {
        ...{ kind: type, input: inputFrom(kind, typed), accountId, userId, idempotencyKey, runAt },
        ...{ retryOf: from?.id, changed: from !== undefined },
        ...(wrong && { errors: { when: wrong } }),
        unlessActive: field(body, "anyway") ? undefined : visibleJobs(person, "account"),
      });
      if (started.repeated) setFlash(c, { tone: "plain", text: repeatedText(started) }, config);
      return c.redirect(`/jobs/${started.job.id}`, 303);
    } catch (error) {
      if (error instanceof AlreadyActive) {
        const sent = {
          ...typed,
          ...when,
          type,
          idempotency_key: idempotencyKey,
          from_job: from?.id,
        };
        return alreadyPage(c, services, error.job, { action: "/jobs", sent });
      }
      if (!(error instanceof InvalidInput)) throw error;
      c.status(422);
      const errors = error.fields;
      return nextPage(c, services, { type, kind, typed, from, when, idempotencyKey, errors });
    }
  });

  return routes;
}

/** The kind that a link names is not there (any more). */
export function noKind(c: Handled, services: NewJobServices) {
  return errorPage(c, services, {
    status: 404,
    heading: "There is no such kind of job",
    message: "The link may be old, or mistyped.",
    links: [{ href: "/jobs/new", text: "Choose another" }],
  });
}

function kindCard(type: string, kind: Kind, usually: string): KindCard {
  const { title, description, startPage } = kind;
  return { kind: type, title, description, href: startPage ?? `/jobs/new/${type}`, usually };
}

/** Of a query only what it says is looked at: what it leaves out is still to be filled in. */
function errorsIn(kind: Kind, typed: Typed): Record<string, string> {
  const checked = checkInput(kind, inputFrom(kind, typed));
  const errors = checked.ok ? [] : Object.entries(checked.errors);
  return Object.fromEntries(errors.filter(([name]) => typed[name] !== undefined));
}

function repeatedText({ sameInput }: Started): string {
  return sameInput
    ? "This job had been started already; nothing was started twice."
    : "This form had been sent before, with other choices: here is the job of that time. Nothing new was started.";
}
