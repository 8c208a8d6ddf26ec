/**
 * Reads the pages of a list of jobs: active jobs first, then ended ones, the latest first. A page is
 * merged from one range for each status (and kind). Each range is read in the order of an index, so
 * a page reads no more than its own number of rows from each, however many jobs there are.
 */
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { JobRow, Schema } from "../../backend/schema.ts";
import { type JobSummaryRow, jobSummaryColumns } from "../job-summary.ts";
import { isFinal } from "../status.ts";
import {
  activeRanks,
  type JobFilter,
  type ListCursor,
  listRanges,
  parseCursor,
} from "./list-ranges.ts";

export interface JobList<Also extends keyof JobRow = never> {
  jobs: (JobSummaryRow & Pick<JobRow, Also>)[];
  /** The cursor of the next page; undefined on the last page. */
  next: string | undefined;
}

/**
 * @param page.after `next` of the previous page; with an invalid one the list starts at its beginning
 * @param page.also additional columns
 */
export async function listJobs<Also extends keyof JobRow = never>(
  db: Kysely<Schema>,
  filter: JobFilter,
  page: { limit: number; after?: string | undefined; also?: readonly Also[] },
): Promise<JobList<Also>> {
  const { limit, also = [] } = page;
  const ranges = listRanges(filter, { after: parseCursor(page.after), limit: limit + 1 });
  if (ranges.length === 0) return { jobs: [], next: undefined };
  const columns = [...jobSummaryColumns, ...also].map((column) => `jobs.${column}`).join(", ");
  const { rows } = await sql<JobList<Also>["jobs"][number]>`
    select ${sql.raw(columns)} from (
      ${ordered(ranges)} limit ${limit + 1}
    ) as page join jobs on jobs.id = page.id
    order by page.sort desc, page.id desc`.execute(db);
  const jobs = rows.slice(0, limit);
  return { jobs, next: rows.length > limit ? formatCursor(jobs.at(-1)!) : undefined };
}

/** @returns the ids of the first `limit` matching jobs, in the order of the list */
export async function listIds(
  db: Kysely<Schema>,
  filter: JobFilter,
  limit: number,
): Promise<string[]> {
  const ranges = listRanges(filter, { limit });
  if (ranges.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select id from (${ordered(ranges)} limit ${limit}) as page
    order by sort desc, id desc`.execute(db);
  return rows.map(({ id }) => id);
}

/** @returns the number of matching jobs, or `max + 1` if there are more than `max` */
export async function countJobs(
  db: Kysely<Schema>,
  filter: JobFilter,
  max: number,
): Promise<number> {
  const ranges = listRanges(filter, { limit: max + 1 });
  if (ranges.length === 0) return 0;
  const { rows } = await sql<{ count: unknown }>`select count(*) as count from (
      select id from (${sql.join(ranges, sql` union all `)}) as each limit ${max + 1}
    ) as part`.execute(db);
  return Number(rows[0]!.count);
}

function ordered(ranges: RawBuilder<unknown>[]): RawBuilder<ListCursor> {
  return sql`${sql.join(ranges, sql` union all `)} order by sort desc, id desc`;
}

function formatCursor({ id, status, finished_at }: JobSummaryRow): string {
  return `${isFinal(status) ? finished_at : activeRanks[status]}.${id}`;
}
