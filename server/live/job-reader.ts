/** What the hub reads of jobs: by ids, many at once. */
import type { Backend } from "../backend/backend.ts";
import type { FileRow, JobErrorRow, LogRow, StepRow } from "../backend/schema.ts";
import { withBusy } from "../jobs/busy.ts";
import { type ShownRow, shownColumns } from "../jobs/shown/shown-row.ts";

/** Log lines that a page is given at most when it opens or comes back. */
export const mostLines = 500;

export interface JobReader {
  rows(ids: readonly string[]): Promise<readonly ShownRow[]>;
  steps(id: string): Promise<StepRow[]>;
  /** Behind a number; the last `mostLines` of them where there are more. */
  lines(id: string, after: number): Promise<LogRow[]>;
  results(id: string): Promise<{ files: FileRow[]; errors: JobErrorRow[] }>;
}

export function createJobReader({ db }: Backend): JobReader {
  return {
    async rows(ids) {
      const rows = db.selectFrom("jobs").select(shownColumns).where("id", "in", ids);
      return withBusy(db, await rows.execute());
    },
    steps: (id) =>
      db.selectFrom("job_steps").selectAll().where("job_id", "=", id).orderBy("position").execute(),
    async lines(id, after) {
      const lines = await db
        .selectFrom("job_logs")
        .selectAll()
        .where("job_id", "=", id)
        .where("seq", ">", after)
        .orderBy("seq", "desc")
        .limit(mostLines)
        .execute();
      return lines.reverse();
    },
    async results(id) {
      const files = await db
        .selectFrom("files")
        .selectAll()
        .where("job_id", "=", id)
        .orderBy("id")
        .execute();
      const errors = await db
        .selectFrom("job_errors")
        .selectAll()
        .where("job_id", "=", id)
        .orderBy("count", "desc")
        .execute();
      return { files, errors };
    },
  };
}
