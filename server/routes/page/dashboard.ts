/** The dashboard: the jobs of a person or an account, filtered, page by page. */
import type { Context } from "hono";
import { visibleJobs } from "../../accounts/authorize.ts";
import type { Person } from "../../accounts/person.ts";
import { assetHref } from "../../assets/href.ts";
import { maxCounted, type StatusCounts } from "../../engine/list/counts.ts";
import type { JobFilter } from "../../engine/list/list-ranges.ts";
import { createQueryCache } from "../../engine/list/query-cache.ts";
import { maxMatchesPerWord } from "../../engine/list/search.ts";
import { type Status, statuses } from "../../engine/status.ts";
import { listPollSeconds } from "../../live/poll-interval.ts";
import {
  bulkView,
  countsView,
  filterView,
  tooManyMatchesText,
} from "../../presenters/dashboard.ts";
import { refreshView } from "../../presenters/layout.ts";
import type { Env, Services } from "../../services.ts";
import { type Filter, listFilter, readFilter } from "../job-filter.ts";
import { layoutFor, pathWithQuery } from "./layout.ts";

const rowsOnPage = 50;
/** StatusCounts above this are slow enough to be cached for a moment. */
const minCachedCount = 2_000;
const cacheMs = 2_000;

/** @returns a function that renders the page that the query asks for */
export function createDashboard(services: Services): (c: Context<Env>) => Promise<string> {
  const { backend, catalog, frames, jobs: reader, render } = services;
  const allCounts = createQueryCache<StatusCounts>(() => backend.now(), cacheMs);
  const matchCounts = createQueryCache<number>(() => backend.now(), cacheMs);

  function countAll(owner: { accountId: string; userId?: string }): Promise<StatusCounts> {
    const isCached = (counts: StatusCounts) => sumOf(counts, statuses) > minCachedCount;
    return allCounts.get(JSON.stringify(owner), () => reader.countByStatus(owner), isCached);
  }

  /** A filter by status alone is a sum of the counts by status. */
  async function countMatching(
    filter: Filter,
    where: JobFilter,
    counts: StatusCounts,
  ): Promise<number> {
    if (!filter.q && !filter.type && !filter.when) return sumOf(counts, where.statuses ?? statuses);
    const key = JSON.stringify([where.accountId, where.userId, filter.fields]);
    const count = () => reader.count(where, maxCounted);
    return matchCounts.get(key, count, (matching) => matching > minCachedCount);
  }

  return async (c) => {
    const { person } = c.var;
    // Taken before the list is read: the stream then reports the jobs that start meanwhile.
    const now = backend.now();
    const filter = readFilter(c.req.query(), catalog, person, now);
    const where = await listFilter(services, person, filter);
    const after = c.req.query("after");
    const list = await reader.list(where, { limit: rowsOnPage, after });
    const counts = await countAll(visibleJobs(person, filter.scope));
    const jobs = await frames.rowViews(await reader.withWaits(list.jobs), now);
    const isComplete = !list.next && !after;
    const matching = isComplete ? jobs.length : await countMatching(filter, where, counts);
    return render.page("jobs/index", {
      layout: dashboardLayout(c, services, { filter, jobs, now }),
      jobs,
      filter: filterView(filter, catalog, seesOthers(person)),
      counts: countsView(filter.scope, counts, maxCounted, now),
      notice: where.search?.truncated ? tooManyMatchesText(maxMatchesPerWord) : "",
      bulk: bulkView(jobs.length, isComplete ? null : matching, maxCounted, filter.fields),
      olderHref: list.next ? filter.href({ after: list.next }) : null,
      newestHref: after ? filter.href() : null,
    });
  };
}

function dashboardLayout(
  c: Context<Env>,
  services: Services,
  page: { filter: Filter; jobs: readonly { id: string; active: boolean }[]; now: number },
) {
  const active = page.jobs.filter((job) => job.active);
  return layoutFor(c, services, {
    title: "Jobs",
    section: "jobs",
    topics: [`jobs:${page.filter.scope}`, ...active.map((job) => `row:${job.id}`)],
    since: String(page.now),
    refresh: active.length > 0 ? refreshView(pathWithQuery(c), listPollSeconds) : null,
    script: assetHref("dashboard.js"),
  });
}

function sumOf(counts: StatusCounts, included: readonly Status[]): number {
  return included.reduce((sum, status) => sum + counts[status], 0);
}

/** Whether the person sees jobs of other members. */
function seesOthers(person: Person): boolean {
  return visibleJobs(person, "account").userId === undefined;
}
