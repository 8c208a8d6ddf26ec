/**
 * The dashboard's pages: what is not over first, then what ended, the latest first. A page is put
 * together from short ranges, one for each status (and kind), each read in the order of an index of
 * its own: however many jobs there are, no more is read than a page from each range.
 */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { JobRow, Schema } from "../backend/schema.ts";
import { type ShownRow, shownColumns } from "./shown/shown-row.ts";
import { isFinal, type Status, statuses } from "./status.ts";

export interface JobFilter {
  accountId: string;
  /** Only this person's. */
  userId?: string | undefined;
  statuses?: readonly Status[] | undefined;
  kinds?: readonly string[] | undefined;
  /** Exactly this job. */
  id?: string | undefined;
}

export interface JobList<Also extends keyof JobRow = never> {
  jobs: (ShownRow & Pick<JobRow, Also>)[];
  /** Where the next page begins; undefined on the last. */
  next: string | undefined;
}

/** With more kinds than this, rows are looked through for them instead of reading a range of each. */
const mostRanges = 50;

/**
 * What active jobs are sorted by, before all that ended, whose number is the moment of their end;
 * jobs of one number are sorted by their ids. The higher comes first.
 */
const ranks: Partial<Record<Status, number>> = { running: 9e15, paused: 8e15, pending: 7e15 };

interface Place {
  sort: number;
  id: string;
}

/**
 * @param page.after `next` of the page before; one that was tampered with begins at the start
 * @param page.also columns beside those that people see
 */
export async function listJobs<Also extends keyof JobRow = never>(
  db: Kysely<Schema>,
  filter: JobFilter,
  page: { limit: number; after?: string | undefined; also?: readonly Also[] },
): Promise<JobList<Also>> {
  const { limit, also = [] } = page;
  const ranges = rangesOf(filter, placeOf(page.after), limit + 1);
  if (ranges.length === 0) return { jobs: [], next: undefined };
  const columns = [...shownColumns, ...also].map((column) => `jobs.${column}`).join(", ");
  const { rows } = await sql<JobList<Also>["jobs"][number]>`
    select ${sql.raw(columns)} from (
      ${sql.join(ranges, sql` union all `)} order by sort desc, id desc limit ${limit + 1}
    ) as place join jobs on jobs.id = place.id
    order by place.sort desc, place.id desc`.execute(db);
  const jobs = rows.slice(0, limit);
  return { jobs, next: rows.length > limit ? nameOf(jobs.at(-1)!) : undefined };
}

function rangesOf(filter: JobFilter, after: Place | undefined, limit: number) {
  return statuses.flatMap((status) => {
    if (filter.statuses && !filter.statuses.includes(status)) return [];
    const rank = ranks[status];
    if (rank === undefined) return ended(filter, status, after, limit);
    return after && rank > after.sort ? [] : active(filter, status, rank, after, limit);
  });
}

function active(
  filter: JobFilter,
  status: Status,
  rank: number,
  after: Place | undefined,
  limit: number,
) {
  if (filter.kinds?.length === 0) return [];
  const kinds = filter.kinds ? sql` and kind in (${sql.join(filter.kinds)})` : sql``;
  const behind = rank === after?.sort ? sql` and id < ${after.id}` : sql``;
  return [
    range(sql`select id, ${sql.lit(rank)} as sort from jobs
      where ${owned(filter)} and status = ${sql.lit(status)} and finished_at is null
      ${kinds}${behind} order by id desc limit ${limit}`),
  ];
}

function ended(filter: JobFilter, status: Status, after: Place | undefined, limit: number) {
  const behind = after ? sql` and (finished_at, id) < (${after.sort}, ${after.id})` : sql``;
  return ofKinds(filter.kinds).map((kind) =>
    range(sql`select id, finished_at as sort from jobs
      where ${owned(filter)}${kind} and status = ${sql.lit(status)}
      and finished_at is not null and hidden_at is null
      ${behind} order by finished_at desc, id desc limit ${limit}`),
  );
}

/** A part of a union may have an order and a limit only inside of a query of its own. */
function range(query: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select * from (${query}) as part`;
}

function owned({ accountId, userId, id }: JobFilter): RawBuilder<unknown> {
  const user = userId ? sql` and user_id = ${userId}` : sql``;
  return sql`account_id = ${accountId}${user}${id ? sql` and id = ${id}` : sql``}`;
}

function ofKinds(kinds: readonly string[] | undefined): RawBuilder<unknown>[] {
  if (!kinds) return [sql``];
  if (kinds.length > mostRanges) return [sql` and kind in (${sql.join(kinds)})`];
  return [...new Set(kinds)].map((kind) => sql` and kind = ${kind}`);
}

function nameOf({ id, status, finished_at }: ShownRow): string {
  return `${isFinal(status) ? finished_at : ranks[status]}.${id}`;
}

function placeOf(name: string | undefined): Place | undefined {
  const [, sort, id] = /^(\d{1,16})\.([\da-f-]{36})$/.exec(name ?? "") ?? [];
  return sort && id ? { sort: Number(sort), id } : undefined;
}
