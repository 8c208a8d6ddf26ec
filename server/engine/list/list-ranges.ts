/** The ranges of indexes that a list of jobs is read from, as parts of a statement. */
import { type RawBuilder, sql } from "kysely";
import { type Status, statuses } from "../status.ts";
import { minJobIdAt } from "./first-id.ts";
import type { SearchMatches } from "./search.ts";

export interface JobFilter {
  accountId: string;
  /** Only this person's. */
  userId?: string | undefined;
  statuses?: readonly Status[] | undefined;
  kinds?: readonly string[] | undefined;
  notKinds?: readonly string[] | undefined;
  /** Those that ended in this span, and of those that are not over those that were started in it. */
  period?: TimeRange | undefined;
  search?: SearchMatches | undefined;
}

/** Milliseconds since 1970, open where there is none. */
export interface TimeRange {
  from?: number | undefined;
  /** Not included. */
  to?: number | undefined;
}

/** With more kinds than this, rows are looked through for them instead of reading a range of each. */
const maxKindRanges = 50;

/**
 * What active jobs are sorted by, before all that ended, whose number is the moment of their end;
 * jobs of one number are sorted by their ids. The higher comes first.
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

/** @returns undefined for what is no place of a list */
export function parseCursor(name: string | undefined): ListCursor | undefined {
  const [, sort, id] = /^(\d{1,16})\.([\da-f-]{36})$/.exec(name ?? "") ?? [];
  return sort && id ? { sort: Number(sort), id } : undefined;
}

interface Part {
  /** Only what comes behind. */
  after?: ListCursor | undefined;
  /** Rows of each range. */
  limit: number;
}

/** @returns selects of `id` and `sort`, no job in two of them; none where nothing can match */
export function listRanges(filter: JobFilter, part: Part): RawBuilder<unknown>[] {
  const { search: found, kinds } = filter;
  if (!found) return allRanges(filter, part);
  const titled = kinds ? found.kinds.filter((kind) => kinds.includes(kind)) : found.kinds;
  const ofTitle = titled.length > 0 ? allRanges({ ...filter, kinds: titled }, part) : [];
  const others = searchRange(
    { ...filter, notKinds: [...(filter.notKinds ?? []), ...titled] },
    part,
  );
  return [...ofTitle, ...others];
}

function allRanges(filter: JobFilter, part: Part): RawBuilder<unknown>[] {
  return statuses.flatMap((status) => {
    if (filter.statuses && !filter.statuses.includes(status)) return [];
    const rank = activeRanks[status];
    if (rank === undefined) return endedRanges(filter, status, part);
    return part.after && rank > part.after.sort ? [] : activeRange(filter, status, rank, part);
  });
}

function activeRange(filter: JobFilter, status: Status, rank: number, { after, limit }: Part) {
  if (filter.kinds?.length === 0) return [];
  const kinds = filter.kinds ? sql` and kind in (${sql.join(filter.kinds)})` : sql``;
  const behind = rank === after?.sort ? sql` and id < ${after.id}` : sql``;
  return [
    range(sql`select id, ${sql.lit(rank)} as sort from jobs
      where ${ownedBy(filter)} and status = ${sql.lit(status)} and finished_at is null
      ${kinds}${createdWithin(filter.period)}${behind} order by id desc limit ${limit}`),
  ];
}

function endedRanges(filter: JobFilter, status: Status, { after, limit }: Part) {
  const behind = after ? sql` and (finished_at, id) < (${after.sort}, ${after.id})` : sql``;
  return kindConditions(filter.kinds).map((kind) =>
    range(sql`select id, finished_at as sort from jobs
      where ${ownedBy(filter)}${kind} and status = ${sql.lit(status)}
      and finished_at is not null and hidden_at is null
      ${finishedWithin(filter.period)}${behind} order by finished_at desc, id desc limit ${limit}`),
  );
}

/** What was found by its words is so little that it is read whole and sorted. */
function searchRange(filter: JobFilter, { after, limit }: Part): RawBuilder<unknown>[] {
  const { search: found, kinds, period: span } = filter;
  if (!found?.ids || kinds?.length === 0) return [];
  const wanted = filter.statuses ?? statuses;
  const isActive = sql`finished_at is null${createdWithin(span)}`;
  const isEnded = sql`finished_at is not null and hidden_at is null${finishedWithin(span)}`;
  const sort = sql`case ${sql.join(
    Object.entries(activeRanks).map(([status, rank]) => {
      return sql`when status = ${sql.lit(status)} then ${sql.lit(rank)}`;
    }),
    sql` `,
  )} else finished_at end`;
  const behind = after ? sql`where (sort, id) < (${after.sort}, ${after.id})` : sql``;
  // In this order: a few ids lead to their rows.
  return [
    range(sql`select id, sort from (
      select jobs.id, ${sort} as sort from (${found.ids}) as found cross join jobs
      where jobs.id = found.id and ${ownedBy(filter)} and ${found.conditions}
        and status in (${sql.join(wanted.map((status) => sql.lit(status)))})
        ${kinds ? sql`and kind in (${sql.join(kinds)})` : sql``}
        and ((${isActive}) or (${isEnded}))
    ) as matching ${behind} order by sort desc, id desc limit ${limit}`),
  ];
}

/** A part of a union may have an order and a limit only inside of a query of its own. */
function range(query: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select * from (${query}) as part`;
}

function ownedBy({ accountId, userId, notKinds }: JobFilter): RawBuilder<unknown> {
  const user = userId ? sql` and user_id = ${userId}` : sql``;
  const others = notKinds?.length ? sql` and kind not in (${sql.join(notKinds)})` : sql``;
  return sql`account_id = ${accountId}${user}${others}`;
}

/** Ids tell when jobs were made, and an index of what is active is sorted by them. */
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
