/** GET /jobs: the jobs of a person or an account, filtered, page by page. */
import { type Context, Hono } from "hono";
import { visibleJobs } from "../accounts/authorize.ts";
import { assetHref } from "../assets/href.ts";
import { withPlaces } from "../engine/eta/place-in-line.ts";
import { maxCounted, type StatusCounts } from "../engine/list/counts.ts";
import type { JobFilter } from "../engine/list/list-ranges.ts";
import { createQueryCache } from "../engine/list/query-cache.ts";
import { maxMatchesPerWord } from "../engine/list/search.ts";
import { type Status, statuses } from "../engine/status.ts";
import { listPollSeconds } from "../live/poll-interval.ts";
import { countsView } from "../presenters/dashboard.ts";
import type { Env, Services } from "../services.ts";
import { formatCappedCount, formatCount, formatNumber } from "../text/counts.ts";
import { type Filter, filterView, listFilter, readFilter } from "./job-filter.ts";
import { layoutFor } from "./page/layout.ts";
import { refreshView } from "./page/refresh.ts";

const rowsOnPage = 50;
/** So many take a page's time to count; then the numbers may be a moment old. */
const countedAtOnce = 2_000;
const keptMs = 2_000;

export function dashboardRoutes(services: Services): Hono<Env> {
  const { backend, catalog, frames, jobs: reader, render } = services;
  const routes = new Hono<Env>();
  const allCounts = createQueryCache<StatusCounts>(() => backend.now(), keptMs);
  const matchCounts = createQueryCache<number>(() => backend.now(), keptMs);

  routes.get("/jobs", async (c) => {
    const { person } = c.var;
    // What starts while the list is read is told by the stream.
    const now = backend.now();
    const filter = readFilter(c.req.query(), catalog, person, now);
    const where = await listFilter(services, person, filter);
    const after = c.req.query("after");
    const list = await reader.list(where, { limit: rowsOnPage, after });
    const counts = await countAll(visibleJobs(person, filter.scope));
    const jobs = await frames.rowViews(await withPlaces(backend, list.jobs), now);
    const isWhole = !list.next && !after;
    const matching = isWhole ? jobs.length : await countMatching(filter, where, counts);
    return c.html(
      render.page("jobs/index", {
        layout: layoutOf(c, filter, jobs, now),
        jobs,
        filter: filterView(filter, catalog, person),
        counts: countsView(filter.scope, counts, maxCounted, now),
        notice: where.search?.truncated ? tooMany : "",
        bulk: {
          countText: `${formatCount(jobs.length, "jobs")} shown`,
          allText: isWhole ? "" : `All ${formatCappedCount(matching, maxCounted)} that match`,
          fields: filter.fields,
        },
        olderHref: list.next ? filter.href({ after: list.next }) : null,
        newestHref: after ? filter.href() : null,
      }),
    );
  });

  function countAll(owner: { accountId: string; userId?: string }): Promise<StatusCounts> {
    const mayBeOld = (counts: StatusCounts) => sumOf(counts, statuses) > countedAtOnce;
    return allCounts.get(JSON.stringify(owner), () => reader.countByStatus(owner), mayBeOld);
  }

  /** What is filtered by status alone was counted already. */
  async function countMatching(
    filter: Filter,
    where: JobFilter,
    counts: StatusCounts,
  ): Promise<number> {
    if (!filter.q && !filter.type && !filter.when) return sumOf(counts, where.statuses ?? statuses);
    const key = JSON.stringify([where.accountId, where.userId, filter.fields]);
    const count = () => reader.count(where, maxCounted);
    return matchCounts.get(key, count, (matching) => matching > countedAtOnce);
  }

  function layoutOf(
    c: Context<Env>,
    { scope }: Filter,
    jobs: readonly { id: string; active: boolean }[],
    now: number,
  ) {
    const active = jobs.filter((job) => job.active);
    return layoutFor(c, services, {
      title: "Jobs",
      section: "jobs",
      topics: [`jobs:${scope}`, ...active.map((job) => `row:${job.id}`)],
      since: String(now),
      refresh: active.length > 0 ? refreshView(c, listPollSeconds) : null,
      script: assetHref("dashboard.js"),
    });
  }

  return routes;
}

function sumOf(counts: StatusCounts, of: readonly Status[]): number {
  return of.reduce((sum, status) => sum + counts[status], 0);
}

const tooMany = `Very many jobs have these words. The search looked at ${formatNumber(maxMatchesPerWord)} of each, the latest first: type more, or choose a kind.`;
