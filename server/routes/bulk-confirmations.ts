/**
 * GET /jobs/bulk: asks before an action is done with all jobs that match the filter.
 * POST /jobs/bulk/all: starts the job that does it.
 */
import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { start } from "../engine/start/start.ts";
import { filterText } from "../presenters/dashboard.ts";
import type { Env, Services } from "../services.ts";
import { readFilter, selectionOf } from "./job-filter.ts";
import { bulkKinds, isBulkAction, renderBulkPage } from "./page/bulk-page.ts";
import { formField, formTexts, idempotencyKeyOf } from "./page/form-fields.ts";

export function bulkConfirmationRoutes(services: Services): Hono<Env> {
  const { backend, catalog, config } = services;
  const routes = new Hono<Env>();

  routes.get("/jobs/bulk", async (c) => {
    const action = c.req.query("action") ?? "";
    if (!isBulkAction(action)) return c.redirect("/jobs", 303);
    return c.html(await renderBulkPage(c, services, action));
  });

  routes.post("/jobs/bulk/all", async (c) => {
    const fields = await c.req.parseBody();
    const { person } = c.var;
    const action = formField(fields, "action");
    const until = Math.min(Number(formField(fields, "until")), backend.now());
    if (!isBulkAction(action) || !(until > 0)) return c.redirect("/jobs", 303);
    const filter = readFilter(formTexts(fields), catalog, person, until);
    const { job } = await start(backend, catalog, {
      kind: bulkKinds[action],
      input: { summary: filterText(filter, catalog), selection: selectionOf(filter, until) },
      accountId: person.accountId,
      userId: person.userId,
      idempotencyKey: idempotencyKeyOf(fields) ?? randomUUID(),
      limits: config.limits,
    });
    return c.redirect(`/jobs/${job.id}`, 303);
  });

  return routes;
}
