/** The queries of schedules for routes, which contain no queries themselves. */
import type { Backend } from "../../backend/backend.ts";
import type { JobRow, ScheduleEventRow, ScheduleRow } from "../../backend/schema.ts";
import type { ListOwner } from "../job-reader.ts";

/** A part of a list, latest first. */
export interface Slice<Row> {
  rows: Row[];
  /** Pass it as `before` to read on; null at the end. */
  next: string | null;
}

export interface ScheduleReader {
  get(id: string): Promise<ScheduleRow | undefined>;
  /** @param page.before only schedules with lower ids */
  list(
    owner: ListOwner,
    page: { before?: string | undefined; limit: number },
  ): Promise<Slice<ScheduleRow>>;
  /** @returns the runs that its times and people started, latest first */
  runs(id: string, page: { before?: string | undefined; limit: number }): Promise<Slice<JobRow>>;
  /** @returns the latest run of each schedule that has one, by the schedule's id */
  latestRuns(ids: readonly string[]): Promise<ReadonlyMap<string, JobRow>>;
  /** @returns the latest events, latest first */
  events(
    id: string,
    page: { before?: number | undefined; limit: number },
  ): Promise<ScheduleEventRow[]>;
}

export function createScheduleReader({ db }: Backend): ScheduleReader {
  return {
    get: (id) => db.selectFrom("schedules").selectAll().where("id", "=", id).executeTakeFirst(),

    async list({ accountId, userId }, { before, limit }) {
      let query = db
        .selectFrom("schedules")
        .selectAll()
        .where("account_id", "=", accountId)
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (userId !== undefined) query = query.where("user_id", "=", userId);
      if (before !== undefined) query = query.where("id", "<", before);
      return sliceOf(await query.execute(), limit);
    },

    async runs(id, { before, limit }) {
      let query = db
        .selectFrom("jobs")
        .selectAll()
        .where("schedule_id", "=", id)
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (before !== undefined) query = query.where("id", "<", before);
      return sliceOf(await query.execute(), limit);
    },

    async latestRuns(ids) {
      if (ids.length === 0) return new Map();
      const rows = await db
        .selectFrom("schedules")
        .innerJoin("jobs", "jobs.schedule_id", "schedules.id")
        .selectAll("jobs")
        .where("schedules.id", "in", ids)
        .whereRef("jobs.id", "=", (eb) =>
          eb
            .selectFrom("jobs as run")
            .select("run.id")
            .whereRef("run.schedule_id", "=", "schedules.id")
            .orderBy("run.id", "desc")
            .limit(1),
        )
        .execute();
      return new Map(rows.map((row) => [row.schedule_id!, row]));
    },

    events(id, { before, limit }) {
      let query = db
        .selectFrom("schedule_events")
        .selectAll()
        .where("schedule_id", "=", id)
        .orderBy("seq", "desc")
        .limit(limit);
      if (before !== undefined) query = query.where("seq", "<", before);
      return query.execute();
    },
  };
}

function sliceOf<Row extends { id: string }>(rows: Row[], limit: number): Slice<Row> {
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? page.at(-1)!.id : null };
}
