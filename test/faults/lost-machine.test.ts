/** Machines that share a database and a bucket but no disk. */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import type { JobRow } from "../../server/backend/schema.ts";
import { isFinal } from "../../server/engine/status.ts";
import { createBucketStorage } from "../../server/storage/s3/bucket-storage.ts";
import { saveUpload } from "../../server/storage/uploads.ts";
import { backends } from "../support/backends.ts";
import { readJob } from "../support/job-row.ts";
import { killFamily } from "../support/processes.ts";
import { openBucket } from "../support/s3/bucket.ts";
import { finalEvents, isGapless, openScene } from "../support/scene/processes.ts";

const rows = 150_000;
/** Every 1,000th row has no valid email address. */
const rejectedEach = 1_000;

describe.each(backends)("an import on $name", (which) => {
  test("an import continues from its checkpoint on a new machine with an empty disk", {
    timeout: 300_000,
  }, async () => {
    const bucket = await openBucket();
    onTestFinished(() => bucket.close());
    const scene = await openScene(which);
    const storage = createBucketStorage(bucket.address);
    const place = { backend: scene.backend, storage, maxBytes: 100_000_000 };
    const person = { accountId: "account-1", userId: "person-1" };
    const file = { name: "people.csv", mediaType: "text/csv", chunks: csv() };
    const { id: upload_id } = await saveUpload(place, { ...person, ...file });
    const id = await scene.start("contact_import", { upload_id });

    let machine = { dir: scene.place.storageDir, backend: scene.backend };
    const machines = [machine.dir];
    const lossConditions = [
      inStep(0, (job) => JSON.parse(job.checkpoint!).cursor.runs >= 1),
      inStep(1, (job) => job.step_done > 0),
      inStep(1, (job) => job.step_done > rows / 2),
    ];
    for (const isReached of lossConditions) {
      const worker = await scene.worker({ STORAGE_DIR: machine.dir, ...bucket.environment });
      await until(machine.backend, id, isReached);
      await killFamily(worker);
      machine = await newMachine(machine.backend);
      machines.push(machine.dir);
    }
    await scene.worker({ STORAGE_DIR: machine.dir, ...bucket.environment });
    const job = await until(machine.backend, id, ({ status }) => isFinal(status), 120_000);

    const rejected = rows / rejectedEach;
    expect(job).toMatchObject({
      ...{ status: "done", succeeded: rows - rejected, rejected, skipped: 0 },
      ...{ retries: 0, fence: lossConditions.length + 1 },
    });
    expect(await contacts(machine.backend)).toEqual({
      count: rows - rejected,
      different: rows - rejected,
    });
    const account = machine.backend.db.selectFrom("accounts").select("contact_count");
    expect((await account.executeTakeFirstOrThrow()).contact_count).toBe(rows - rejected);
    const events = await machine.backend.db
      .selectFrom("job_events")
      .selectAll()
      .orderBy("seq")
      .execute();
    expect(isGapless(events)).toBe(true);
    expect(finalEvents(events).map(({ type }) => type)).toEqual(["done"]);

    const [reason] = await machine.backend.db.selectFrom("job_rejections").selectAll().execute();
    expect(reason).toMatchObject({ reason: "No @ in the email", count: rejected });
    const [rejects] = await machine.backend.db.selectFrom("files").selectAll().execute();
    const lines = (await text(storage.read(rejects!.storage_key))).trim().split("\r\n").slice(1);
    const expected = Array.from({ length: rejected }, (_, at) => nobody(at * rejectedEach));
    expect(lines.map((line) => line.split(",")[0])).toEqual(expected);

    // The scratch files are gone from the bucket and were never on a disk.
    await expect.poll(bucket.keys).toEqual([rejects!.storage_key, `uploads/${upload_id}`].sort());
    expect(await bucket.uploads()).toEqual([]);
    for (const dir of machines) {
      expect((await readdir(dir)).filter((name) => /^(jobs|uploads)$/.test(name))).toEqual([]);
    }
  });

  /** A machine with an empty folder; on SQLite with a copy of the lost machine's database. */
  async function newMachine(before: Backend) {
    const dir = await mkdtemp(join(tmpdir(), "headway-machine-"));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    if (which.name === "postgres") return { dir, backend: before };
    const path = join(dir, "headway.db");
    await sql`vacuum into ${path}`.execute(before.db);
    expect(existsSync(path)).toBe(true);
    const backend = await openBackend(path);
    onTestFinished(() => backend.close());
    return { dir, backend };
  }
});

function inStep(step: number, isReached: (job: JobRow) => boolean) {
  return (job: JobRow) =>
    job.status === "running" &&
    job.current_step === step &&
    job.checkpoint !== null &&
    isReached(job);
}

async function until(
  backend: Backend,
  id: string,
  isReached: (job: JobRow) => boolean,
  ms = 60_000,
): Promise<JobRow> {
  await expect
    .poll(async () => isReached(await readJob(backend, id)), { timeout: ms, interval: 10 })
    .toBe(true);
  return readJob(backend, id);
}

async function contacts({ db }: Backend): Promise<{ count: number; different: number }> {
  const query = db
    .selectFrom("contacts")
    .select((eb) => [
      eb.fn.countAll<number>().as("count"),
      eb.fn.count<number>("email").distinct().as("different"),
    ]);
  return query.executeTakeFirstOrThrow();
}

/** Rows in an order that no index likes. */
async function* csv(): AsyncGenerator<Buffer> {
  yield Buffer.from("email,first name\n");
  for (let from = 0; from < rows; from += 1_000) {
    let piece = "";
    for (let at = from; at < from + 1_000; at++) {
      const email = at % rejectedEach === 0 ? nobody(at) : `p${(at * 7_919) % rows}@example.com`;
      piece += `${email},Person ${at}\n`;
    }
    yield Buffer.from(piece);
  }
}

function nobody(row: number): string {
  return `nobody ${row}`;
}
