/** What will happen with all jobs that match, before it does. */
import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import { maxCounted } from "../../engine/list/counts.ts";
import { isFinal, type Status, statuses } from "../../engine/status.ts";
import type { Env, Services } from "../../services.ts";
import { formatCappedCount } from "../../text/counts.ts";
import { listFilter, readFilter, whichJobs } from "../job-filter.ts";
import { layoutFor } from "./layout.ts";

export type BulkActionName = keyof typeof bulkKinds;

/** The kinds of jobs that do it. */
export const bulkKinds = {
  cancel: "bulk_cancel",
  clear: "bulk_clear",
  retry: "bulk_retry",
  download: "bulk_download",
} as const;

export function isBulkAction(name: string): name is BulkActionName {
  return Object.hasOwn(bulkKinds, name);
}

interface Plan {
  verb: string;
  /** Which it can be done with. */
  fits(status: Status): boolean;
  will: string;
  others: string;
}

const plans: Record<BulkActionName, Plan> = {
  cancel: {
    verb: "Cancel",
    fits: (status) => !isFinal(status),
    will: "What waits is cancelled at once, what runs is asked to stop and keeps what it did.",
    others: "ended already and stay as they are",
  },
  clear: {
    verb: "Clear",
    fits: isFinal,
    will: "They are no longer listed. Their results stay until their time is over.",
    others: "have not ended and stay in the list",
  },
  retry: {
    verb: "Retry",
    fits: isFinal,
    will: "Each is started again with the same input, unless that was done before.",
    others: "have not ended and stay as they are",
  },
  download: {
    verb: "Download the files of",
    fits: () => true,
    will: "The files that they left are packed into one ZIP archive, which is kept for three days.",
    others: "",
  },
};

export async function bulkPage(
  c: Context<Env>,
  services: Services,
  action: BulkActionName,
): Promise<string> {
  const { backend, catalog, jobs, render } = services;
  const { person } = c.var;
  const now = backend.now();
  const filter = readFilter(c.req.query(), catalog, person, now);
  const plan = plans[action];
  const where = await listFilter(services, person, filter);
  const all = where.statuses ?? statuses;
  const count = (some: readonly Status[]) =>
    some.length > 0 ? jobs.count({ ...where, notKinds, statuses: some }, maxCounted) : 0;
  const notKinds = [...catalog].filter(([, kind]) => kind.operatesOnJobs).map(([name]) => name);
  const fitting = await count(all.filter((status) => plan.fits(status)));
  const others = await count(all.filter((status) => !plan.fits(status)));
  const what = `${plan.verb} ${formatCappedCount(fitting, maxCounted)} ${fitting === 1 ? "job" : "jobs"}`;
  const left = `${formatCappedCount(others, maxCounted)} other ${others === 1 ? "job" : "jobs"} that match ${plan.others}.`;
  return render.page("jobs/bulk_confirmation", {
    layout: layoutFor(c, services, { title: plan.verb, section: "jobs" }),
    heading: fitting === 0 ? "Nothing to do" : `${what}?`,
    which: whichJobs(filter, catalog),
    sentences: [
      ...(fitting > 0 ? [plan.will] : []),
      ...(others > 0 ? [left] : []),
      ...(fitting > 0 ? ["A job of its own does it, which you can watch, and stop."] : []),
    ],
    button: fitting === 0 ? "" : what,
    danger: action === "cancel",
    fields: [
      ...filter.fields,
      { name: "action", value: action },
      { name: "until", value: String(now) },
      { name: "idempotency_key", value: randomUUID() },
    ],
    backHref: filter.href(),
  });
}
