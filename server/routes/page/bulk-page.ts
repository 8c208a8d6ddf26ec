/** Renders the page that asks before an action is done with all matching jobs. */
import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import { maxCounted } from "../../engine/list/counts.ts";
import { type Status, statuses } from "../../engine/status.ts";
import { type BulkActionName, bulkApplies, bulkPage, bulkTitle } from "../../presenters/bulk.ts";
import { filterText } from "../../presenters/dashboard.ts";
import type { Env, Services } from "../../services.ts";
import { listFilter, readFilter } from "../job-filter.ts";
import { layoutFor } from "./layout.ts";

/** The kind of job that performs each action. */
export const bulkKinds: Record<BulkActionName, string> = {
  cancel: "bulk_cancel",
  clear: "bulk_clear",
  retry: "bulk_retry",
  download: "bulk_download",
};

export function isBulkAction(name: string): name is BulkActionName {
  return Object.hasOwn(bulkKinds, name);
}

export async function renderBulkPage(
  c: Context<Env>,
  services: Services,
  action: BulkActionName,
): Promise<string> {
  const { backend, catalog, jobs, render } = services;
  const { person } = c.var;
  const now = backend.now();
  const filter = readFilter(c.req.query(), catalog, person, now);
  const where = await listFilter(services, person, filter);
  const notKinds = [...catalog].filter(([, kind]) => kind.operatesOnJobs).map(([name]) => name);
  const count = (some: readonly Status[]) =>
    some.length > 0 ? jobs.count({ ...where, notKinds, statuses: some }, maxCounted) : 0;
  const { applies = [], rest = [] } = Object.groupBy(where.statuses ?? statuses, (status) =>
    bulkApplies(action, status) ? "applies" : "rest",
  );
  const counts = { applies: await count(applies), rest: await count(rest), max: maxCounted };
  return render.page("jobs/bulk_confirmation", {
    layout: layoutFor(c, services, { title: bulkTitle(action), section: "jobs" }),
    ...bulkPage(action, counts),
    which: filterText(filter, catalog),
    fields: [
      ...filter.fields,
      { name: "action", value: action },
      { name: "until", value: String(now) },
      { name: "idempotency_key", value: randomUUID() },
    ],
    backHref: filter.href(),
  });
}
