/** What the hub reads of jobs: by ids, many at once. */
import type { Backend } from "../backend/backend.ts";
import type { FileRow, LogRow, StepRow } from "../backend/schema.ts";
import { withPlaces } from "../engine/eta/place-in-line.ts";
import { linesOnPage } from "../engine/log.ts";
import type { Left } from "../presenters/result-view.ts";
import { type ShownRow, shownColumns } from "../presenters/shown-row.ts";
import type { PreviewView } from "../presenters/view-types.ts";
import { filesOf, isKept } from "../storage/files.ts";
import type { Previews } from "../storage/previews.ts";

export interface JobReader {
  rows(ids: readonly string[]): Promise<readonly ShownRow[]>;
  steps(id: string): Promise<StepRow[]>;
  /** Those of many jobs, by the job's id. */
  stepsOf(ids: readonly string[]): Promise<ReadonlyMap<string, StepRow[]>>;
  /** Behind a number; the last `linesOnPage` of them where there are more. */
  lines(id: string, after: number): Promise<LogRow[]>;
  results(id: string): Promise<Left>;
}

/** Of a job with many files so many are looked into. */
const mostPreviews = 3;

export function createJobReader(parts: { backend: Backend; previews: Previews }): JobReader {
  const { backend, previews } = parts;
  const { db } = backend;

  async function look(files: readonly FileRow[]): Promise<Map<string, PreviewView>> {
    const now = backend.now();
    const some = files.filter((file) => isKept(file, now)).slice(0, mostPreviews);
    const looks = await Promise.all(some.map((file) => previews.of(file)));
    return new Map(some.flatMap(({ id }, place) => (looks[place] ? [[id, looks[place]]] : [])));
  }

  return {
    async rows(ids) {
      const rows = db.selectFrom("jobs").select(shownColumns).where("id", "in", ids);
      return withPlaces(backend, await rows.execute());
    },
    steps: (id) =>
      db.selectFrom("job_steps").selectAll().where("job_id", "=", id).orderBy("position").execute(),
    async stepsOf(ids) {
      const steps = new Map<string, StepRow[]>();
      if (ids.length === 0) return steps;
      const rows = db.selectFrom("job_steps").selectAll().where("job_id", "in", ids);
      for (const row of await rows.orderBy("position").execute()) {
        const known = steps.get(row.job_id);
        if (known) known.push(row);
        else steps.set(row.job_id, [row]);
      }
      return steps;
    },
    async lines(id, after) {
      const lines = await db
        .selectFrom("job_logs")
        .selectAll()
        .where("job_id", "=", id)
        .where("seq", ">", after)
        .orderBy("seq", "desc")
        .limit(linesOnPage)
        .execute();
      return lines.reverse();
    },
    async results(id) {
      const files = await filesOf(backend, id);
      const errors = await db
        .selectFrom("job_errors")
        .selectAll()
        .where("job_id", "=", id)
        .orderBy("count", "desc")
        .execute();
      return { files, errors, previews: await look(files) };
    },
  };
}
