/** What the JSON of jobs needs beside their rows, read for all of them at once. */
import { withPlaces } from "../../engine/eta/place-in-line.ts";
import { typicalDurations, typicalSeconds } from "../../engine/eta/typical-duration.ts";
import type { Services } from "../../services.ts";
import { listAvailableFiles } from "../../storage/job-files.ts";
import { type ApiJobRow, jobJson } from "./job-json.ts";
import type { JobJson } from "./job-schema.ts";

type Parts = Pick<Services, "backend" | "catalog" | "config" | "jobs">;

/** @param rows jobs of one account */
export async function readJobs(parts: Parts, rows: readonly ApiJobRow[]): Promise<JobJson[]> {
  const [first] = rows;
  if (!first) return [];
  const { backend, catalog, config, jobs } = parts;
  const now = backend.now();
  const ids = rows.map((row) => row.id);
  const steps = await jobs.stepsByJob(ids);
  const files = Map.groupBy(await listAvailableFiles(backend, ids), (file) => file.job_id);
  const kinds = [...new Set(rows.map((row) => row.kind))];
  const typical = await typicalDurations(backend.db, catalog, first.account_id, kinds);
  const placed = await withPlaces(backend, rows);
  return placed.map((row) =>
    jobJson(row, {
      kind: catalog.get(row.kind),
      steps: steps.get(row.id) ?? [],
      files: files.get(row.id) ?? [],
      typicalSeconds: typicalSeconds(typical(row.kind, row.input_bytes)),
      publicUrl: config.publicUrl ?? "",
      now,
    }),
  );
}

export async function readJob(parts: Parts, row: ApiJobRow): Promise<JobJson> {
  const [job] = await readJobs(parts, [row]);
  return job!;
}
