/** The dashboard's filter: from the query, to the list's conditions and back to a form. */
import type { Person } from "../accounts/accounts.ts";
import { visibleJobs } from "../accounts/authorize.ts";
import type { Catalog } from "../catalog.ts";
import type { JobFilter } from "../jobs/list.ts";
import { isFinal, type Status, statuses } from "../jobs/status.ts";
import type { Option } from "../pages/form.ts";
import type { JobsPage } from "../pages/jobs.ts";
import { isJobId } from "./job-of.ts";

export interface Filter {
  q: string;
  status: string;
  type: string;
  scope: "mine" | "account";
  where: Pick<JobFilter, "statuses" | "kinds" | "id">;
  /** The dashboard with this filter. */
  href(more: Record<string, string>): string;
}

const groups = new Map<string, readonly Status[]>([
  ["active", statuses.filter((status) => !isFinal(status))],
  ...statuses.map((status): [string, Status[]] => [status, [status]]),
]);

/** What is no filter is left out, so that an old link still shows something. */
export function readFilter(query: Record<string, string>, catalog: Catalog): Filter {
  const q = (query.q ?? "").trim().slice(0, 100);
  const status = query.status && groups.has(query.status) ? query.status : "";
  const type = query.type && catalog.has(query.type) ? query.type : "";
  const scope = query.scope === "account" ? "account" : "mine";
  const where: Filter["where"] = {};
  if (status) where.statuses = groups.get(status);
  if (type) where.kinds = [type];
  if (isJobId(q.toLowerCase())) where.id = q.toLowerCase();
  else if (q) where.kinds = titled(catalog, q).filter((kind) => !type || kind === type);
  const set = { q, status, type, scope: scope === "mine" ? "" : scope };
  return {
    q,
    status,
    type,
    scope,
    where,
    href(more) {
      const given = Object.entries({ ...set, ...more }).filter(([, value]) => value);
      const search = new URLSearchParams(given).toString();
      return search ? `/jobs?${search}` : "/jobs";
    },
  };
}

/** Kinds with these letters in their title; an impossible one where none has, to find nothing. */
function titled(catalog: Catalog, q: string): string[] {
  const kinds = [...catalog].filter(([, kind]) =>
    kind.title.toLowerCase().includes(q.toLowerCase()),
  );
  return kinds.length > 0 ? kinds.map(([name]) => name) : [""];
}

export function filterView(filter: Filter, catalog: Catalog, person: Person): JobsPage["filter"] {
  const option = (value: string, label: string, chosen: string): Option => ({
    value,
    label,
    selected: value === chosen,
  });
  const seesOthers = visibleJobs(person, "account").userId === undefined;
  const names = [...groups.keys()].map((name) => option(name, capital(name), filter.status));
  const kinds = [...catalog].map(([name, kind]) => option(name, kind.title, filter.type));
  return {
    q: filter.q,
    statuses: [option("", "Any status", filter.status), ...names],
    types: [option("", "Any kind", filter.type), ...kinds],
    scopes: seesOthers
      ? [
          option("mine", "My jobs", filter.scope),
          option("account", "Everyone's jobs", filter.scope),
        ]
      : [],
    active: Boolean(filter.q || filter.status || filter.type),
  };
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
