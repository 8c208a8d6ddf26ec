import { v7 as uuidv7 } from "uuid";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { deleteExpiredFiles, deleteUnusedUploads } from "../../server/maintenance/expired-files.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { bytes, filesIn } from "../storage/temporary.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { insertJob } from "../support/job-row.ts";

const { signal } = new AbortController();
const day = 86_400_000;

describe.each(backends)("expired files on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeEach(async () => {
    opened = await openTestBackend(which);
  });
  afterEach(() => opened.close());

  const stores = () => ({ backend: opened.backend, storage: createDiskStorage(opened.dir) });
  const stored = async (folder: string) =>
    (await filesIn(opened.dir)).filter((path) => path.startsWith(folder));

  test("deleteExpiredFiles deletes the bytes of expired results and marks their rows as deleted", async () => {
    const { backend, storage } = stores();
    const job = await insertJob(backend);
    const at = backend.now();
    const add = async (name: string, expires_at: number | null) => {
      const storage_key = `jobs/${job.id}/files/${name}`;
      await storage.save(storage_key, bytes("x"));
      const row = {
        id: name,
        job_id: job.id,
        role: "result" as const,
        name,
        storage_key,
        expires_at,
      };
      const file = { ...row, media_type: "text/csv", size: 1, created_at: at };
      await backend.db.insertInto("files").values(file).execute();
    };
    for (let n = 0; n < 130; n++) await add(`old-${n}`, at - n);
    await add("young", at + day);
    await add("job", null);
    await deleteExpiredFiles(stores(), signal);
    expect(await stored("jobs/")).toEqual([
      `jobs/${job.id}/files/job`,
      `jobs/${job.id}/files/young`,
    ]);
    const marked = backend.db.selectFrom("files").select("id").where("deleted_at", ">=", at);
    expect(await marked.execute()).toHaveLength(130);
  });

  test("deleteUnusedUploads deletes unused uploads except those that a job may still read", async () => {
    const { backend, storage } = stores();
    const at = backend.now();
    const add = async (created_at: number, jobs: { finished_at: number | null }[] = []) => {
      const id = uuidv7();
      const storage_key = `uploads/${id}`;
      await storage.save(storage_key, bytes("x"));
      const row = { id, account_id: "account-1", user_id: "person-1", name: "a.csv", storage_key };
      const upload = { ...row, media_type: "text/csv", size: 1, created_at };
      await backend.db.insertInto("uploads").values(upload).execute();
      for (const { finished_at } of jobs) {
        const status = finished_at === null ? "paused" : "failed";
        const job = await insertJob(backend, { status, finished_at });
        await backend.db
          .insertInto("job_uploads")
          .values({ job_id: job.id, upload_id: id })
          .execute();
      }
      return `uploads/${id}`;
    };
    const ended = { finished_at: at - 9 * day };
    const stay = [
      await add(at - day),
      await add(at - 30 * day, [ended, { finished_at: null }]),
      await add(at - 30 * day, [ended, { finished_at: at - day }]),
    ];
    const repeated = await add(at - 30 * day);
    stay.push(repeated);
    const times = { repeats: "monthly", cron: "0 0 1 * *", time_zone: "UTC", next_at: null };
    const schedule = { account_id: "account-1", user_id: "person-1", kind: "noop", input: "{}" };
    const more = { idempotency_key: null, subject: null, created_at: at, updated_at: at };
    await backend.db
      .insertInto("schedules")
      .values({ id: "schedule-1", ...schedule, ...times, ...more })
      .execute();
    const upload_id = repeated.slice("uploads/".length);
    await backend.db
      .insertInto("schedule_uploads")
      .values({ schedule_id: "schedule-1", upload_id })
      .execute();
    await add(at - 8 * day);
    await add(at - 30 * day, [ended, ended]);
    await deleteUnusedUploads(stores(), 7 * day, signal);
    expect(await stored("uploads/")).toEqual(stay.sort());
    const rows = await backend.db.selectFrom("uploads").select("storage_key").execute();
    expect(rows.map(({ storage_key }) => storage_key).sort()).toEqual(stay.sort());
  });
});
