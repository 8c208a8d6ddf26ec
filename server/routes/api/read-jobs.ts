/** Reads all that the JSON of jobs needs, with one query of each kind for all jobs. */
import { typicalSeconds } from "../../engine/eta/typical-durations.ts";
import type { Services } from "../../services.ts";
import { listAvailableFiles } from "../../storage/job-files.ts";
import { type ApiJobRow, jobJson } from "./job-json.ts";
import type { JobJson } from "./job-schema.ts";

type ReadServices = Pick<Services, "backend" | "catalog" | "config" | "jobs">;

/** @param rows jobs of the same account */
export async function readJobs(
  services: ReadServices,
  rows: readonly ApiJobRow[],
): Promise<JobJson[]> {
  const [first] = rows;
  if (!first) return [];
  const { backend, catalog, config, jobs } = services;
  const now = backend.now();
  const ids = rows.map((row) => row.id);
  const steps = await jobs.stepsByJob(ids);
  const files = Map.groupBy(await listAvailableFiles(backend, ids), (file) => file.job_id);
  const data = await jobs.resultData(ids);
  const kinds = [...new Set(rows.map((row) => row.kind))];
  const typical = await jobs.typicalDurations(first.account_id, kinds);
  const placed = await jobs.withWaits(rows);
  return placed.map((row) =>
    jobJson(row, {
      kind: catalog.get(row.kind),
      steps: steps.get(row.id) ?? [],
      files: files.get(row.id) ?? [],
      data: data.get(row.id),
      typicalSeconds: typicalSeconds(typical(row.kind, row.input_bytes)),
      publicUrl: config.publicUrl ?? "",
      now,
    }),
  );
}

export async function readJob(services: ReadServices, row: ApiJobRow): Promise<JobJson> {
  const [job] = await readJobs(services, [row]);
  return job!;
}
