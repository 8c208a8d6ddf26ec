import { v7 as uuidv7 } from "uuid";
import type { Backend, WriteTransaction } from "../../backend/backend.ts";
import type { ScheduleRow } from "../../backend/schema.ts";
import type { Catalog } from "../../catalog.ts";
import { LimitReached } from "../../limit-reached.ts";
import { recordScheduleEvent } from "./record-schedule-event.ts";
import { checkTimes, checkWork, type ScheduledWork } from "./schedule-request.ts";

export interface ScheduleRequest extends ScheduledWork {
  /** In words or as a cron expression. */
  repeats: string;
  timeZone: string;
  /** A second request with the same key by the same user returns the same schedule. */
  idempotencyKey?: string | undefined;
  /** Schedules that an account may have. */
  maxSchedules: number;
}

/** A full account has to delete one first, which takes as long as it takes. */
const retrySeconds = 60;

/** @throws UnknownKind, InvalidInput, InvalidRepetition, LimitReached */
export async function createSchedule(
  backend: Backend,
  catalog: Catalog,
  request: ScheduleRequest,
): Promise<ScheduleRow> {
  const { accountId, userId, idempotencyKey = null, maxSchedules } = request;
  const earlier = await findByKey(backend.db, userId, idempotencyKey);
  if (earlier) return earlier;
  const work = await checkWork(backend, catalog, request);
  const at = backend.now();
  const times = checkTimes(request, at);
  return backend.write(async (tx) => {
    await tx.lock(`schedules:${accountId}`);
    const again = await findByKey(tx.db, userId, idempotencyKey);
    if (again) return again;
    await refuseBeyond(tx, accountId, maxSchedules);
    const row = await tx.db
      .insertInto("schedules")
      .values({
        id: uuidv7(),
        account_id: accountId,
        user_id: userId,
        idempotency_key: idempotencyKey,
        kind: work.kind,
        input: work.input,
        subject: work.subject,
        repeats: times.repeats,
        cron: times.cron,
        time_zone: times.timeZone,
        next_at: times.nextAt,
        created_at: at,
        updated_at: at,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await saveUploads(tx, row.id, work.uploadIds);
    await recordScheduleEvent(tx, row.id, { type: "created", details: { by: userId } }, at);
    return row;
  });
}

function findByKey(db: Backend["db"], userId: string, key: string | null) {
  if (key === null) return undefined;
  return db
    .selectFrom("schedules")
    .selectAll()
    .where("user_id", "=", userId)
    .where("idempotency_key", "=", key)
    .executeTakeFirst();
}

async function refuseBeyond({ db }: WriteTransaction, accountId: string, max: number) {
  if (!Number.isFinite(max)) return;
  const { count } = await db
    .selectFrom("schedules")
    .select((eb) => eb.fn.countAll().as("count"))
    .where("account_id", "=", accountId)
    .executeTakeFirstOrThrow();
  if (Number(count) >= max) throw new LimitReached("maxSchedules", max, retrySeconds);
}

/** Replaces the uploads that the schedule keeps from being deleted. */
export async function saveUploads(
  { db }: WriteTransaction,
  scheduleId: string,
  uploadIds: readonly string[],
): Promise<void> {
  await db.deleteFrom("schedule_uploads").where("schedule_id", "=", scheduleId).execute();
  if (uploadIds.length === 0) return;
  const rows = [...new Set(uploadIds)].map((id) => ({ schedule_id: scheduleId, upload_id: id }));
  await db.insertInto("schedule_uploads").values(rows).execute();
}
