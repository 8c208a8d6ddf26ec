/** Makes the queries that read a list of jobs: each reads one range of an index. */
import { type RawBuilder, sql } from "kysely";
import { minJobIdAt } from "../job-id.ts";
import { type Status, statuses } from "../status.ts";
import type { SearchMatches } from "./search.ts";

export interface JobFilter {
  accountId: string;
  userId?: string | undefined;
  statuses?: readonly Status[] | undefined;
  kinds?: readonly string[] | undefined;
  notKinds?: readonly string[] | undefined;
  /** Compared with the end of ended jobs, and with the creation of active ones. */
  period?: TimeRange | undefined;
  search?: SearchMatches | undefined;
}

/** Ms since 1970. */
export interface TimeRange {
  from?: number | undefined;
  /** Exclusive. */
  to?: number | undefined;
}

/** For more kinds than this, one range of all kinds is filtered instead of a range per kind. */
const maxKindRanges = 50;

/**
 * Sort values of active jobs. Ended jobs have the time of their end, so they follow. The list is in
 * descending order of the sort value, and of the id for equal values.
 */
export const activeRanks: Partial<Record<Status, number>> = {
  running: 9e15,
  paused: 8e15,
  queued: 7e15,
};

export interface ListCursor {
  sort: number;
  id: string;
}

/** @returns undefined if the text is not a valid cursor */
export function parseCursor(text: string | undefined): ListCursor | undefined {
  const [, sort, id] = /^(\d{1,16})\.([\da-f-]{36})$/.exec(text ?? "") ?? [];
  return sort && id ? { sort: Number(sort), id } : undefined;
}

interface Page {
  /** Only rows after this one. */
  after?: ListCursor | undefined;
  /** Maximum number of rows of each range. */
  limit: number;
}

/** @returns selects of `id` and `sort` without common rows; empty if no job can match */
export function listRanges(filter: JobFilter, page: Page): RawBuilder<unknown>[] {
  const { search: found, kinds } = filter;
  if (!found) return allRanges(filter, page);
  const kindsByTitle = kinds ? found.kinds.filter((kind) => kinds.includes(kind)) : found.kinds;
  const byTitle =
    kindsByTitle.length > 0 ? allRanges({ ...filter, kinds: kindsByTitle }, page) : [];
  const notKinds = [...(filter.notKinds ?? []), ...kindsByTitle];
  return [...byTitle, ...searchRange({ ...filter, notKinds }, page)];
}

function allRanges(filter: JobFilter, page: Page): RawBuilder<unknown>[] {
  return statuses.flatMap((status) => {
    if (filter.statuses && !filter.statuses.includes(status)) return [];
    const rank = activeRanks[status];
    if (rank === undefined) return endedRanges(filter, status, page);
    return page.after && rank > page.after.sort ? [] : activeRange(filter, status, rank, page);
  });
}

function activeRange(filter: JobFilter, status: Status, rank: number, { after, limit }: Page) {
  if (filter.kinds?.length === 0) return [];
  const kinds = filter.kinds ? sql` and kind in (${sql.join(filter.kinds)})` : sql``;
  const isAfter = rank === after?.sort ? sql` and id < ${after.id}` : sql``;
  return [
    range(sql`select id, ${sql.lit(rank)} as sort from jobs
      where ${ownedBy(filter)} and status = ${sql.lit(status)} and finished_at is null
      ${kinds}${createdWithin(filter.period)}${isAfter} order by id desc limit ${limit}`),
  ];
}

function endedRanges(filter: JobFilter, status: Status, { after, limit }: Page) {
  const isAfter = after ? sql` and (finished_at, id) < (${after.sort}, ${after.id})` : sql``;
  return kindConditions(filter.kinds).map((kind) =>
    range(sql`select id, finished_at as sort from jobs
      where ${ownedBy(filter)}${kind} and status = ${sql.lit(status)}
      and finished_at is not null and hidden_at is null
      ${finishedWithin(filter.period)}${isAfter} order by finished_at desc, id desc limit ${limit}`),
  );
}

/** Sorts the jobs that were found by their terms, which are some thousands at most. */
function searchRange(filter: JobFilter, { after, limit }: Page): RawBuilder<unknown>[] {
  const { search: found, kinds, period } = filter;
  if (!found?.ids || kinds?.length === 0) return [];
  const selected = filter.statuses ?? statuses;
  const isActive = sql`finished_at is null${createdWithin(period)}`;
  const isEnded = sql`finished_at is not null and hidden_at is null${finishedWithin(period)}`;
  const sort = sql`case ${sql.join(
    Object.entries(activeRanks).map(([status, rank]) => {
      return sql`when status = ${sql.lit(status)} then ${sql.lit(rank)}`;
    }),
    sql` `,
  )} else finished_at end`;
  const isAfter = after ? sql`where (sort, id) < (${after.sort}, ${after.id})` : sql``;
  // `cross join` makes SQLite look up a row for each id: https://sqlite.org/optoverview.html#crossjoin
  return [
    range(sql`select id, sort from (
      select jobs.id, ${sort} as sort from (${found.ids}) as found cross join jobs
      where jobs.id = found.id and ${ownedBy(filter)} and ${found.conditions}
        and status in (${sql.join(selected.map((status) => sql.lit(status)))})
        ${kinds ? sql`and kind in (${sql.join(kinds)})` : sql``}
        and ((${isActive}) or (${isEnded}))
    ) as matching ${isAfter} order by sort desc, id desc limit ${limit}`),
  ];
}

/** The queries of a union may have an order and a limit only if they are nested. */
function range(query: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select * from (${query}) as part`;
}

function ownedBy({ accountId, userId, notKinds }: JobFilter): RawBuilder<unknown> {
  const user = userId ? sql` and user_id = ${userId}` : sql``;
  const excluded = notKinds?.length ? sql` and kind not in (${sql.join(notKinds)})` : sql``;
  return sql`account_id = ${accountId}${user}${excluded}`;
}

/** Compares ids, which begin with the time of creation: the index of active jobs is sorted by id. */
function createdWithin({ from, to }: TimeRange = {}): RawBuilder<unknown> {
  const since = from === undefined ? sql`` : sql` and jobs.id >= ${minJobIdAt(from)}`;
  return to === undefined ? since : sql`${since} and jobs.id < ${minJobIdAt(to)}`;
}

function finishedWithin({ from, to }: TimeRange = {}): RawBuilder<unknown> {
  const since = from === undefined ? sql`` : sql` and finished_at >= ${from}`;
  return to === undefined ? since : sql`${since} and finished_at < ${to}`;
}

function kindConditions(kinds: readonly string[] | undefined): RawBuilder<unknown>[] {
  if (!kinds) return [sql``];
  if (kinds.length > maxKindRanges) return [sql` and kind in (${sql.join(kinds)})`];
  return [...new Set(kinds)].map((kind) => sql` and kind = ${kind}`);
}
