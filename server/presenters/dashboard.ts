/** The dashboard: GET /jobs. */
import { isFinal, type Status, statuses } from "../engine/status.ts";
import { formatCappedCount, formatCount, formatNumber } from "../text/counts.ts";
import type { HiddenField, Option } from "./form.ts";
import type { JobView } from "./job.ts";
import type { Page } from "./layout.ts";

export interface JobsPage extends Page {
  filter: JobFilterView;
  counts: CountsView;
  /** "Too many matches; showing the latest 1,000. Narrow your search.", or empty */
  notice: string;
  jobs: JobView[];
  bulk: BulkView;
  olderHref: string | null;
  newestHref: string | null;
}

export interface JobFilterView {
  q: string;
  statuses: Option[];
  types: Option[];
  spans: Option[];
  /** The first and the last day, "2026-11-23", or empty. */
  from: string;
  to: string;
  /** Empty for a person who may only see their own jobs. */
  scopes: Option[];
  /** Whether any filter is set. */
  active: boolean;
  clearHref: string;
}

/** The number of jobs in each status, which the live stream updates. */
export interface CountsView {
  scope: "mine" | "account";
  /** When they were counted, ms since 1970. */
  renderedAt: number;
  /** "3 running", "12 queued", "1,204 done"; without zeros */
  counts: { status: Status; href: string; text: string }[];
}

/** Actions on the selected jobs, or on all that match the filter. */
export interface BulkView {
  /** "24 jobs shown" */
  countText: string;
  /** "All 2,314 matching jobs", or empty if the page shows them all */
  allText: string;
  /** The filter, for an action on all matching jobs. */
  fields: HiddenField[];
}

/** Active jobs first. */
const order = [...statuses].sort((a, b) => rank(a) - rank(b));

function rank(status: Status): number {
  return ["running", "queued", "paused"].indexOf(status) + 1 || 9;
}

/**
 * @param counts by status; `max + 1` for more than `max`
 * @param countedAt ms since 1970
 */
export function countsView(
  scope: CountsView["scope"],
  counts: Record<Status, number>,
  max: number,
  countedAt: number,
): CountsView {
  const list = scope === "account" ? "/jobs?scope=account&status=" : "/jobs?status=";
  return {
    scope,
    renderedAt: countedAt,
    counts: order
      .filter((status) => counts[status] > 0)
      .map((status) => ({
        status,
        href: list + status,
        text: `${formatCappedCount(counts[status], max)} ${status}`,
      })),
  };
}

/** @param matching number of matching jobs; null if the page shows them all */
export function bulkView(
  shown: number,
  matching: number | null,
  max: number,
  fields: HiddenField[],
): BulkView {
  return {
    countText: `${formatCount(shown, "jobs")} shown`,
    allText: matching === null ? "" : `All ${formatCappedCount(matching, max)} matching jobs`,
    fields,
  };
}

/** @param max number of matches that the search considers for each word, the latest first */
export function tooManyMatchesText(max: number): string {
  return `Too many matches; showing the latest ${formatNumber(max)}. Narrow your search.`;
}

/** The statuses that each value of the query selects. */
export const statusGroups: ReadonlyMap<string, readonly Status[]> = new Map([
  ["active", statuses.filter((status) => !isFinal(status))],
  ...statuses.map((status): [string, Status[]] => [status, [status]]),
]);

const periods: readonly [string, string][] = [
  ["", "Any time"],
  ["today", "Today"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
  ["dates", "Between dates"],
];

/** The parameters of the query; every text may be empty. */
export interface FilterValues {
  q: string;
  status: string;
  type: string;
  /** "today", "7d", "30d", "dates" or empty. */
  when: string;
  from: string;
  to: string;
  scope: "mine" | "account";
}

/**
 * @param kinds titles by name
 * @param seesOthers whether the person may see jobs of other people
 */
export function filterView(
  filter: FilterValues,
  kinds: ReadonlyMap<string, { title: string }>,
  seesOthers: boolean,
): JobFilterView {
  const { q, status, type, when, from, to, scope } = filter;
  return {
    ...{ q, from, to },
    statuses: options(
      [
        ["", "Any status"],
        ...[...statusGroups.keys()].map((name) => [name, capital(name)] as Pair),
      ],
      status,
    ),
    types: options(
      [["", "Any kind"], ...[...kinds].map(([name, { title }]) => [name, title] as Pair)],
      type,
    ),
    spans: options(periods, when),
    scopes: seesOthers ? options([mine, everyone], scope) : [],
    active: Boolean(q || status || type || when),
    clearHref: scope === "account" ? "/jobs?scope=account" : "/jobs",
  };
}

/** @returns "My jobs · failed · Import contacts · last 7 days · “people”" */
export function filterText(
  { q, status, type, when, from, to, scope }: FilterValues,
  kinds: ReadonlyMap<string, { title: string }>,
): string {
  const period = periods.find(([name]) => name === when)?.[1].toLowerCase();
  const days = [from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(" ");
  const parts = [
    (scope === "account" ? everyone : mine)[1],
    status,
    type && (kinds.get(type)?.title ?? type),
    when === "dates" ? days : when && period,
    q && `“${q}”`,
  ];
  return parts.filter(Boolean).join(" · ");
}

type Pair = [value: string, label: string];
const mine: Pair = ["mine", "My jobs"];
const everyone: Pair = ["account", "Everyone's jobs"];

function options(pairs: readonly Pair[], selected: string): Option[] {
  return pairs.map(([value, label]) => ({ value, label, selected: value === selected }));
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
