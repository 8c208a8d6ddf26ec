import { sql } from "kysely";
import type { Backend } from "../../backend/backend.ts";
import type { AuditSource } from "../../backend/enums.ts";
import type { JobRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { ActionRefused } from "../action-refused.ts";
import { recordAudit } from "../audit.ts";
import { offeredFollowUps } from "../offered-follow-ups.ts";
import { type Started, UnknownKind } from "./request.ts";
import { start } from "./start.ts";

interface Parts {
  backend: Backend;
  catalog: Catalog;
}

/**
 * Starts a follow-up of a finished job, which then no longer offers it. A second call by the same
 * user returns the same new job.
 * @throws ActionRefused `not_offered`, UnknownKind, InvalidInput
 */
export async function startFollowUp(
  { backend, catalog }: Parts,
  job: JobRow,
  name: string,
  { userId, via = "page" }: { userId: string; via?: AuditSource },
): Promise<Started> {
  const kind = catalog.get(job.kind);
  if (!kind) throw new UnknownKind(job.kind);
  const followUp = kind.followUps?.[name];
  const idempotencyKey = `${name}:${job.id}`;
  const earlier = await findStarted(backend, userId, idempotencyKey);
  if (earlier) return { job: earlier, repeated: true, sameInput: true };
  const isOffered = offeredFollowUps(job, kind).some(([offered]) => offered === name);
  if (!followUp || !isOffered) throw new ActionRefused("not_offered");
  const { id, subject } = job;
  const started = await start(backend, catalog, {
    kind: followUp.kind,
    input: followUp.input({ id, subject, input: JSON.parse(job.input) }),
    accountId: job.account_id,
    userId,
    idempotencyKey,
    via,
  });
  await withdraw(backend, job, name, { userId, via, newJobId: started.job.id });
  return started;
}

function findStarted({ db }: Backend, userId: string, key: string): Promise<JobRow | undefined> {
  return db
    .selectFrom("jobs")
    .selectAll()
    .where("user_id", "=", userId)
    .where("idempotency_key", "=", key)
    .executeTakeFirst();
}

/** A process that dies before this leaves the offer, which then leads to the job that it started. */
async function withdraw(
  backend: Backend,
  job: JobRow,
  name: string,
  by: { userId: string; via: AuditSource; newJobId: string },
): Promise<void> {
  const offered: string[] = JSON.parse(job.follow_ups ?? "[]");
  const left = offered.filter((each) => each !== name);
  await backend.write(async (tx) => {
    await tx.db
      .updateTable("jobs")
      .set({
        follow_ups: left.length > 0 ? JSON.stringify(left) : null,
        version: sql`version + 1`,
      })
      .where("id", "=", job.id)
      .execute();
    await recordAudit(tx.db, { jobId: job.id, action: "followed_up", at: backend.now(), ...by });
    tx.notify(job.id);
  });
}
