import { createHash, randomBytes } from "node:crypto";
import { copyFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { openBackend } from "../../server/backend/open.ts";
import { parseEvent } from "../../server/engine/job-event.ts";
import { eventMessage } from "../../server/presenters/event-text.ts";
import { startApplication } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import { descendantsOf } from "../support/processes.ts";
import { finalEvents, isGapless, openScene } from "../support/scene/processes.ts";
import { createClient } from "./api-client.ts";
import { resumableUpload } from "./resumable-upload.ts";
import { type SmallDisk, smallDisk } from "./small-disk.ts";

const postgres = backends.find(({ name }) => name === "postgres")!;

describe("a full disk under the files", () => {
  test("a job whose file does not fit fails with a clear error and frees the disk", async () => {
    const { outside: disk } = await smallDisk(16);
    const scene = await openScene(postgres, { storageDir: disk });
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

  test("an upload that does not fit keeps its bytes and goes on once there is space", async () => {
    const { outside: disk } = await smallDisk(16);
    const scene = await openScene(postgres, { storageDir: disk });
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
});

/** The database is where the files are, as a person has it who runs `npm start` and sets nothing. */
describe("a full disk under the database and the files", () => {
  test("a job whose file does not fit fails with a clear error and frees the disk", async () => {
    const { client } = await startOn(await smallDisk(24));
    const large = await client.start("large_file", { megabytes: 40 }, "large");
    const job = await client.ended(large);
    expect(job).toMatchObject({ status: "failed", reason: "error" });
    expect(job.error_message).toMatch(/^The disk is full/);
    const small = await client.start("large_file", { megabytes: 1 }, "small");
    expect((await client.ended(small)).status).toBe("done");
  });

  test("the processes survive and the job finishes without loss once there is space", async () => {
    const disk = await smallDisk(12);
    const { app, client } = await startOn(disk);
    const id = await client.start("copy_rows", { rows: 2_000, size: 5, pause: 20 }, "rows");
    await client.until(id, ({ done }) => done > 50);
    const family = descendantsOf(app.pid);

    const filler = join(disk.outside, "filler");
    fill(filler);
    // Longer than a lease, so that the worker also gives up its jobs.
    for (let n = 0; n < 16; n++) {
      await sleep(500);
      fill(filler);
    }
    expect((await client.job(id)).done).toBeLessThan(2_000);
    expect([...family].filter((pid) => descendantsOf(app.pid).includes(pid))).toEqual(family);
    rmSync(filler);

    expect(await client.ended(id)).toMatchObject({ status: "done", succeeded: 2_000, skipped: 0 });
    const next = await client.start("sleep", { ms: 1 }, "next");
    expect((await client.ended(next)).status).toBe("done");
    await app.stop();

    const copy = await mkdtemp(join(tmpdir(), "headway-copy-"));
    onTestFinished(() => rm(copy, { recursive: true }));
    for (const file of readdirSync(disk.outside)) {
      if (file.startsWith("headway.db")) copyFileSync(join(disk.outside, file), join(copy, file));
    }
    const backend = await openBackend(join(copy, "headway.db"));
    onTestFinished(() => backend.close());
    const events = await backend.db
      .selectFrom("job_events")
      .selectAll()
      .where("job_id", "=", id)
      .orderBy("seq")
      .execute();
    expect(isGapless(events)).toBe(true);
    expect(finalEvents(events)).toHaveLength(1);
    const { rows } = await sql<object>`pragma integrity_check`.execute(backend.db);
    expect(rows).toEqual([{ integrity_check: "ok" }]);
  });
});

/** Starts web and worker on a disk that only they see as SQLite does. */
async function startOn({ folder, within }: SmallDisk) {
  const place = { databaseUrl: undefined, storageDir: folder, within };
  const app = await startApplication(place, { NODE_ENV: "", RUNNERS: "1" });
  onTestFinished(() => app.stop());
  return { app, client: await createClient(app.url, place) };
}

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
