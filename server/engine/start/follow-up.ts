import type { Backend } from "../../backend/backend.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { ActionRefused } from "../action-refused.ts";
import { isFinal } from "../status.ts";
import { type Started, type StartRequest, UnknownKind } from "./request.ts";
import { start } from "./start.ts";

/**
 * Starts a follow-up of a finished job, which then no longer offers it. A second call by the same
 * user returns the same new job.
 * @throws ActionRefused `not_offered`, UnknownKind, InvalidInput; LimitReached with `limits`
 */
export async function startFollowUp(
  { backend, catalog }: { backend: Backend; catalog: Catalog },
  job: JobRow,
  name: string,
  by: Pick<StartRequest, "userId" | "via" | "limits">,
): Promise<Started> {
  const kind = catalog.get(job.kind);
  if (!kind) throw new UnknownKind(job.kind);
  // The name comes from an address, where it may be "constructor".
  const followUp = new Map(Object.entries(kind.followUps ?? {})).get(name);
  if (!followUp || !isFinal(job.status)) throw new ActionRefused("not_offered");
  const { id, subject } = job;
  return start(backend, catalog, {
    kind: followUp.kind,
    input: followUp.input({ id, subject, input: JSON.parse(job.input) }),
    accountId: job.account_id,
    idempotencyKey: `${name}:${id}`,
    followUpOf: { jobId: id, name },
    ...by,
  });
}
