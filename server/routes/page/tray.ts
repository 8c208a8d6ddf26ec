/** The tray: the person's active jobs in the header of every page but the dashboard. */

import { visibleJobs } from "../../accounts/authorize.ts";
import type { Person } from "../../accounts/person.ts";
import { isFinal, statuses } from "../../engine/status.ts";
import { jobView } from "../../presenters/job.ts";
import { type LayoutData, type TrayView, trayView } from "../../presenters/layout.ts";
import type { Services } from "../../services.ts";
import { type LayoutOptions, layoutFor, type RouteContext } from "./layout.ts";

export type TrayServices = Pick<
  Services,
  "accounts" | "backend" | "catalog" | "config" | "jobs" | "render"
>;

const maxRows = 5;
const maxCounted = 99;
const active = statuses.filter((status) => !isFinal(status));

/**
 * The layout of a signed-in person's page, with the tray.
 * @param options.except the job of the page, which the tray leaves out
 */
export async function layoutWithTray(
  c: RouteContext,
  services: TrayServices,
  { except, ...options }: LayoutOptions & { except?: string },
): Promise<LayoutData> {
  const tray = await buildTray(services, c.var.person, except);
  const topics = [...(options.topics ?? []), ...(tray?.jobs ?? []).map(({ id }) => `row:${id}`)];
  return layoutFor(c, services, { ...options, topics, tray });
}

async function buildTray(
  { backend, catalog, jobs }: TrayServices,
  person: Person,
  except: string | undefined,
): Promise<TrayView | null> {
  const filter = { ...visibleJobs(person, "mine"), statuses: active };
  const list = await jobs.list(filter, { limit: maxRows + 1 });
  const others = list.jobs.filter(({ id }) => id !== except);
  if (others.length === 0) return null;
  const shown = await jobs.withWaits(others.slice(0, maxRows));
  const now = backend.now();
  const all = list.next ? await jobs.count(filter, maxCounted) : list.jobs.length;
  const count = all - (others.length < list.jobs.length ? 1 : 0);
  const views = shown.map((row) => jobView(row, catalog.get(row.kind), [], now));
  return trayView(count, { max: maxCounted, isMore: all > maxCounted }, views);
}
