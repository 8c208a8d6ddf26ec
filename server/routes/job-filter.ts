/** The filter of lists of jobs: parsed from a query, applied to a list, shown in a form. */

import { visibleJobs } from "../accounts/authorize.ts";
import type { Person } from "../accounts/person.ts";
import type { Catalog } from "../catalog.ts";
import type { JobReader } from "../engine/job-reader.ts";
import type { JobFilter } from "../engine/list/list-ranges.ts";
import { daysBetween, lastDays, parseDay, parseTimeZone, recentDays } from "../forms/date-range.ts";
import type { JobSelection } from "../job.ts";
import { type FilterValues, statusGroups } from "../presenters/dashboard.ts";
import type { HiddenField } from "../presenters/form.ts";

export interface Filter extends FilterValues {
  where: Pick<JobFilter, "statuses" | "kinds" | "period">;
  /** The parameters that are set, as in the query. */
  fields: HiddenField[];
  /** Whether the filter excludes any job of the scope. */
  active: boolean;
  /** The URL of the dashboard with this filter. */
  href(more?: Record<string, string>): string;
}

/**
 * Ignores invalid parameters, so that old links still work.
 * @param now ms since 1970, for "today"
 */
export function readFilter(
  query: Record<string, string | undefined>,
  catalog: Catalog,
  person: Person,
  now: number,
): Filter {
  const q = (query.q ?? "").trim().slice(0, 100);
  const status = query.status && statusGroups.has(query.status) ? query.status : "";
  const type = query.type && catalog.has(query.type) ? query.type : "";
  const [from, to] = [parseDay(query.from), parseDay(query.to)];
  // Given days apply even if "Between dates" is not selected.
  const days = from || to ? "dates" : "";
  const when = query.when && recentDays.has(query.when) ? query.when : days;
  const zone = parseTimeZone(query.zone) ?? person.preferences.timeZone ?? "UTC";
  const scope = query.scope === "account" ? "account" : "mine";
  const where: Filter["where"] = {};
  if (status) where.statuses = statusGroups.get(status);
  if (type) where.kinds = [type];
  if (when === "dates") where.period = daysBetween(from, to, zone);
  else if (when) where.period = lastDays(recentDays.get(when)!, zone, now);
  const set = {
    ...{ q, status, type },
    ...(when === "dates" ? { from, to } : { when }),
    zone: when && query.zone ? zone : "",
    scope: scope === "mine" ? "" : scope,
  };
  const entries = Object.entries(set).filter(([, value]) => value);
  return {
    ...{ q, status, type, when, scope, where },
    ...(when === "dates" ? { from, to } : { from: "", to: "" }),
    fields: entries.map(([name, value]) => ({ name, value })),
    active: Boolean(q || status || type || when),
    href(more = {}) {
      const given = Object.entries({ ...set, ...more }).filter(([, value]) => value);
      const text = new URLSearchParams(given).toString();
      return text ? `/jobs?${text}` : "/jobs";
    },
  };
}

/** Converts the filter for the engine: limits it to the jobs that the person may see, and searches. */
export async function listFilter(
  { jobs }: { jobs: Pick<JobReader, "search"> },
  person: Person,
  { q, scope, where }: Pick<Filter, "q" | "scope" | "where">,
): Promise<JobFilter> {
  const visible = visibleJobs(person, scope);
  const found = q ? await jobs.search(visible, q) : undefined;
  return { ...where, ...visible, search: found };
}

const first = Date.parse("0000-01-01T00:00:00Z");
const last = Date.parse("9999-12-31T23:59:59.999Z");

/** Converts the filter to the input of a bulk job. @param until ms since 1970; later jobs do not match */
export function selectionOf({ q, scope, where }: Filter, until: number): JobSelection {
  const { statuses, kinds, period } = where;
  // In some time zones the first and the last day reach into a year that has more than 4 digits.
  const iso = (at: number | undefined) =>
    at === undefined || at < first || at > last ? undefined : new Date(at).toISOString();
  return {
    ...{ scope, statuses, kinds, from: iso(period?.from), to: iso(period?.to) },
    ...(q && { q }),
    until: new Date(until).toISOString(),
  };
}
