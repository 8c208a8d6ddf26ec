import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { isFinal } from "../status.ts";
import type { Started, StartRequest } from "./request.ts";
import { start } from "./start.ts";

/** Only a job that ended can be tried again. */
export class NotFinal extends Error {
  override name = "NotFinal";
}

/**
 * A person's retry: a new job with the same input, linked to the old one. Clicking twice gives one.
 * @throws NotFinal, InvalidInput (an uploaded file may be gone), UnknownKind; AlreadyActive where
 * that was asked for
 */
export async function retry(
  backend: Backend,
  catalog: Catalog,
  job: JobRow,
  userId: string,
  how: Pick<StartRequest, "via" | "unlessActive"> = {},
): Promise<Started> {
  if (!isFinal(job.status)) throw new NotFinal("This job is still active");
  return start(backend, catalog, {
    kind: job.kind,
    input: JSON.parse(job.input),
    accountId: job.account_id,
    userId,
    idempotencyKey: `retry:${job.id}`,
    retryOf: job.id,
    ...how,
  });
}
