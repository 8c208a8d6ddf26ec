/** The dashboard's pages: what is not over first, then what ended, the latest first. */
import { type Kysely, type SelectQueryBuilder, sql } from "kysely";
import type { JobRow, Schema } from "../backend/schema.ts";
import type { Status } from "./status.ts";

export interface JobFilter {
  accountId: string;
  /** Only this person's. */
  userId?: string | undefined;
  statuses?: readonly Status[] | undefined;
  kinds?: readonly string[] | undefined;
  /** Exactly this job. */
  id?: string | undefined;
}

export interface JobList {
  jobs: JobRow[];
  /** Where the next page begins; undefined on the last. */
  next: string | undefined;
}

/** Active jobs by rank (running, paused, pending) and age; ended ones by their end. */
type Place = { part: "active" | "ended"; sort: number; id: string };
type Query = SelectQueryBuilder<Schema, "jobs", JobRow>;

/** @param after `next` of the page before; one that was tampered with begins at the start */
export async function listJobs(
  db: Kysely<Schema>,
  filter: JobFilter,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<JobList> {
  const from = placeOf(after);
  const jobs: JobRow[] = [];
  if (from?.part !== "ended") jobs.push(...(await active(db, filter, from, limit + 1)));
  if (jobs.length <= limit) {
    const missing = limit + 1 - jobs.length;
    jobs.push(...(await ended(db, filter, from?.part === "ended" ? from : undefined, missing)));
  }
  const page = jobs.slice(0, limit);
  return { jobs: page, next: jobs.length > limit ? nameOf(page.at(-1)!) : undefined };
}

const rank = sql<number>`case status when 'running' then 0 when 'paused' then 1 else 2 end`;

function active(db: Kysely<Schema>, filter: JobFilter, after: Place | undefined, limit: number) {
  let query = filtered(db, filter).where("finished_at", "is", null);
  if (after) {
    query = query.where(({ eb, or, and }) =>
      or([eb(rank, ">", after.sort), and([eb(rank, "=", after.sort), eb("id", "<", after.id)])]),
    );
  }
  return query.orderBy(rank).orderBy("id", "desc").limit(limit).execute();
}

function ended(db: Kysely<Schema>, filter: JobFilter, after: Place | undefined, limit: number) {
  let query = filtered(db, filter)
    .where("finished_at", "is not", null)
    .where("hidden_at", "is", null);
  if (after) {
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple("finished_at", "id"), "<", tuple(after.sort, after.id)),
    );
  }
  return query.orderBy("finished_at", "desc").orderBy("id", "desc").limit(limit).execute();
}

function filtered(db: Kysely<Schema>, filter: JobFilter): Query {
  let query = db.selectFrom("jobs").selectAll().where("account_id", "=", filter.accountId);
  if (filter.userId) query = query.where("user_id", "=", filter.userId);
  if (filter.statuses) query = query.where("status", "in", [...filter.statuses]);
  if (filter.kinds) query = query.where("kind", "in", [...filter.kinds]);
  if (filter.id) query = query.where("id", "=", filter.id);
  return query;
}

const ranks: Partial<Record<Status, number>> = { running: 0, paused: 1 };

function nameOf(job: JobRow): string {
  const part = job.finished_at === null ? "active" : "ended";
  return `${part}.${job.finished_at ?? ranks[job.status] ?? 2}.${job.id}`;
}

function placeOf(name: string | undefined): Place | undefined {
  const [part, sort, id] = (name ?? "").split(".");
  if ((part !== "active" && part !== "ended") || !/^\d+$/.test(sort ?? "") || !id) return undefined;
  return { part, sort: Number(sort), id };
}
