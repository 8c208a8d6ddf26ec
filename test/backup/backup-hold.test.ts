import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { holdWorkingFiles } from "../../server/backup/backup-hold.ts";
import { removeLeftovers } from "../../server/engine/run/cleanup.ts";
import { createLog } from "../../server/log.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { insertJob, readJob } from "../support/job-row.ts";

describe.each(backends)("a running backup on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  beforeEach(async () => {
    opened = await openTestBackend(which);
  });
  afterEach(() => opened.close());

  test("the working files of a job that ends meanwhile stay until the backup is over", async () => {
    const { backend } = opened;
    const storage = createDiskStorage(opened.dir);
    const { id } = await insertJob(backend, { status: "done", finished_at: 1, cleanup_due_at: 1 });
    const key = `jobs/${id}/scratch/rows`;
    await storage.save(key, [Buffer.from("rows")]);
    const parts = { backend, storage, log: createLog("silent", "runner") };

    const release = await holdWorkingFiles(backend);
    await removeLeftovers(parts, id);
    expect(await storage.size(key)).toBe(4);
    // The sweep tries again.
    expect((await readJob(backend, id)).cleanup_due_at).toBeGreaterThan(backend.now());
    await release();
    await removeLeftovers(parts, id);
    expect(await storage.size(key)).toBeUndefined();
    expect((await readJob(backend, id)).cleanup_due_at).toBeNull();
  });

  test("a backup that was killed does not hold working files for ever", async () => {
    const { backend } = opened;
    const storage = createDiskStorage(opened.dir);
    const { id } = await insertJob(backend, { status: "done", finished_at: 1 });
    const killed = { id: "killed", active_until: backend.now() - 1 };
    await backend.db.insertInto("running_backups").values(killed).execute();
    await storage.save(`jobs/${id}/scratch/rows`, [Buffer.from("rows")]);
    await removeLeftovers({ backend, storage, log: createLog("silent", "runner") }, id);
    expect(await storage.size(`jobs/${id}/scratch/rows`)).toBeUndefined();
  });
});
