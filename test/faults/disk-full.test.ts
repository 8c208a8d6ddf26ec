import { createHash, randomBytes } from "node:crypto";
import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { parseEvent } from "../../server/engine/job-event.ts";
import { eventMessage } from "../../server/presenters/event-text.ts";
import { backends } from "../support/backends.ts";
import { descendantsOf } from "../support/processes.ts";
import { finalEvents, isGapless, openScene } from "../support/scene/processes.ts";
import { createClient } from "./api-client.ts";
import { resumableUpload } from "./resumable-upload.ts";
import { smallDisk } from "./small-disk.ts";

const sqlite = backends.filter(({ name }) => name === "sqlite");

describe.each(backends)("a full disk under the files on $name", (which) => {
  test("a job whose file does not fit fails with a clear error and frees the disk", {
    timeout: 300_000,
  }, async () => {
    const disk = await smallDisk(16);
    const scene = await openScene(which, { storageDir: disk });
    await scene.worker();
    const large = await scene.start("large_file", { megabytes: 40 });
    const job = await scene.ended(large);
    expect(job).toMatchObject({ status: "failed", reason: "error", retries: 2 });
    expect(job.error).toMatch(/^The disk is full/);
    const retries = (await scene.events(large)).filter(({ type }) => type === "retry_scheduled");
    expect(retries.map((row) => eventMessage(parseEvent(row)))).toEqual([
      "Retry 1 of 2 in 200 ms: The disk is full",
      "Retry 2 of 2 in 400 ms: The disk is full",
    ]);
    expect(readdirSync(join(disk, ".partial"))).toEqual([]);
    const small = await scene.start("large_file", { megabytes: 1 });
    expect((await scene.ended(small)).status).toBe("done");
  });
});

test("an upload that does not fit keeps its bytes and goes on once there is space", {
  timeout: 300_000,
}, async () => {
  const disk = await smallDisk(16);
  const scene = await openScene(backends.find(({ name }) => name === "postgres")!, {
    storageDir: disk,
  });
  const { url } = await scene.application({ NODE_ENV: "" });
  const { authorization } = await createClient(url, scene.place);
  const filler = join(disk, "filler");
  writeFileSync(filler, Buffer.alloc(8_000_000));
  const bytes = randomBytes(12_000_000);
  const upload = await resumableUpload(url, authorization, bytes.length);
  const refused = await upload.patch(0, bytes);
  expect(refused.status).toBe(507);
  expect(await refused.json()).toMatchObject({ detail: "The disk is full" });
  const offset = await upload.offset();
  expect(offset).toBeGreaterThan(5_000_000);
  expect(offset).toBeLessThan(9_000_000);
  rmSync(filler);
  expect((await upload.patch(offset, bytes.subarray(offset))).status).toBe(204);
  const row = await scene.backend.db.selectFrom("uploads").selectAll().executeTakeFirstOrThrow();
  expect(row.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
});

describe.each(sqlite)("a full disk under the database on $name", (which) => {
  test("the processes survive and the job finishes without loss once there is space", {
    timeout: 300_000,
  }, async () => {
    const disk = await smallDisk(12);
    const scene = await openScene(which, { storageDir: disk });
    const worker = await scene.worker({ RUNNERS: "1" });
    const id = await scene.start("copy_rows", { rows: 2_000, size: 5, pause: 20 });
    await scene.until(id, (row) => row.step_done > 50);
    const family = descendantsOf(worker.pid);

    const filler = join(disk, "filler");
    fill(filler);
    // Longer than a lease, so that the worker also gives up its jobs.
    for (let n = 0; n < 16; n++) {
      await sleep(500);
      fill(filler);
    }
    const stuck = await scene.job(id);
    expect(stuck.step_done).toBeLessThan(2_000);
    expect([...family].filter((pid) => descendantsOf(worker.pid).includes(pid))).toEqual(family);
    rmSync(filler);

    const job = await scene.ended(id);
    expect(job).toMatchObject({ status: "done", succeeded: 2_000, skipped: 0 });
    const events = await scene.events(id);
    expect(isGapless(events)).toBe(true);
    expect(finalEvents(events)).toHaveLength(1);
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(
      scene.backend.db,
    );
    expect(rows).toEqual([{ integrity_check: "ok" }]);
    const next = await scene.start("sleep", { ms: 1 });
    expect((await scene.ended(next)).status).toBe("done");
  });
});

/** Fills the disk to the last 512 bytes. */
function fill(path: string): void {
  for (let size = 1 << 20; size >= 512; size /= 2) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: "a" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }
  statSync(path);
}
