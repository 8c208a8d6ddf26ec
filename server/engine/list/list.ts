/**
 * The dashboard's pages: what is not over first, then what ended, the latest first. A page is put
 * together from short ranges, one for each status (and kind), each read in the order of an index of
 * its own: however many jobs there are, no more is read than a page from each range.
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
  /** Where the next page begins; undefined on the last. */
  next: string | undefined;
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
  const ranges = listRanges(filter, { after: parseCursor(page.after), limit: limit + 1 });
  if (ranges.length === 0) return { jobs: [], next: undefined };
  const columns = [...jobSummaryColumns, ...also].map((column) => `jobs.${column}`).join(", ");
  const { rows } = await sql<JobList<Also>["jobs"][number]>`
    select ${sql.raw(columns)} from (
      ${ordered(ranges)} limit ${limit + 1}
    ) as place join jobs on jobs.id = place.id
    order by place.sort desc, place.id desc`.execute(db);
  const jobs = rows.slice(0, limit);
  return { jobs, next: rows.length > limit ? formatCursor(jobs.at(-1)!) : undefined };
}

/**
 * All that matches at this moment, in the order of the list.
 * @param limit so many ids at most
 */
export async function listIds(
  db: Kysely<Schema>,
  filter: JobFilter,
  limit: number,
): Promise<string[]> {
  const ranges = listRanges(filter, { limit: limit });
  if (ranges.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select id from (${ordered(ranges)} limit ${limit}) as place
    order by sort desc, id desc`.execute(db);
  return rows.map(({ id }) => id);
}

/** @returns how many match; `most + 1` where there are more than `most` */
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
