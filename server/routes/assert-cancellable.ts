import type { JobRow } from "../backend/schema.ts";
import type { Catalog } from "../catalog.ts";
import { isFinal } from "../engine/status.ts";
import { HttpError } from "./http-error.ts";

/** @throws HttpError 409 for an active job whose kind cannot be cancelled */
export function assertCancellable(catalog: Catalog, job: JobRow): void {
  if (isFinal(job.status) || catalog.get(job.kind)?.cancellable !== false) return;
  throw new HttpError({
    status: 409,
    title: "Not cancellable",
    detail: "Jobs of this kind can't be cancelled.",
  });
}
