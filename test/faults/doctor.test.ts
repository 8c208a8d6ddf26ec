import {
  closeSync,
  mkdirSync,
  openSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { minJobIdAt } from "../../server/engine/job-id.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { saveUpload } from "../../server/storage/uploads.ts";
import { backends } from "../support/backends.ts";
import { insertJob } from "../support/job-row.ts";
import { runCommandOf } from "../support/place-commands.ts";
import { openScene } from "../support/scene/processes.ts";

const sqlite = backends.find(({ name }) => name === "sqlite")!;

describe.each(backends)("the doctor on $name", (which) => {
  test("the doctor names files without rows, rows without files and wrong counts", async () => {
    const scene = await openScene(which);
    const { storageDir } = scene.place;
    const storage = createDiskStorage(storageDir);
    const upload = async (name: string) => {
      const chunks = (async function* () {
        yield Buffer.from("email\nada@example.com\n");
      })();
      const person = { accountId: "account-1", userId: "ada", mediaType: "text/csv" };
      const target = { backend: scene.backend, storage, maxBytes: 1_000 };
      return (await saveUpload(target, { ...person, name, chunks })).id;
    };
    const lost = await upload("lost.csv");
    const short = await upload("short.csv");
    expect(await runCommandOf(scene.place, "doctor")).toMatchObject({ code: 0 });

    rmSync(join(storageDir, "uploads", lost));
    truncateSync(join(storageDir, "uploads", short), 3);
    const old = minJobIdAt(Date.now() - 86_400_000);
    writeFileSync(join(storageDir, "uploads", old), "");
    // This one may still get its row.
    writeFileSync(join(storageDir, "uploads", minJobIdAt(Date.now())), "");
    mkdirSync(join(storageDir, ".backup-killed"));
    await scene.backend.db.updateTable("accounts").set({ contact_count: 7 }).execute();
    const ended = await insertJob(scene.backend, { status: "done", finished_at: null });
    const done = await insertJob(scene.backend, { status: "done", finished_at: 1 });
    const result = { job_id: done.id, name: "all.csv", media_type: "text/csv", size: 3 };
    const key = `jobs/${done.id}/files/all.csv`;
    const kept = { id: "file-1", role: "result", storage_key: key, created_at: 1 } as const;
    await scene.backend.db
      .insertInto("files")
      .values({ ...result, ...kept })
      .execute();
    const { output, code } = await runCommandOf(scene.place, "doctor");
    expect(output.split("\n")).toEqual([
      "Database: 2 problems",
      "  Account account-1 has 0 contacts and counts 7",
      `  Job ${ended.id} is done, which its times contradict`,
      "Files: 4 problems",
      `  Upload ${lost} has no file: uploads/${lost}`,
      `  Upload ${short} has 3 bytes instead of 22: uploads/${short}`,
      `  File file-1 of job ${done.id} has no file: ${key}`,
      `  A file has no row: uploads/${old}`,
      "Leftovers: 1 problem",
      "  .backup-killed is of an interrupted command: delete it if none runs",
      "",
    ]);
    expect(code).toBe(1);
  });
});

test("the doctor finds a damaged page of a SQLite file, and judges no files without its rows", async () => {
  const scene = await openScene(sqlite);
  const row = { account_id: "account-1", job_id: "", created_at: 1, updated_at: 1 };
  const people = Array.from({ length: 500 }, (_, n) => ({ ...row, email: `p${n}@example.com` }));
  await scene.backend.db.insertInto("contacts").values(people).execute();
  await sql`update accounts set contact_count = 500`.execute(scene.backend.db);
  await sql`pragma wal_checkpoint(truncate)`.execute(scene.backend.db);
  expect(await runCommandOf(scene.place, "doctor")).toMatchObject({ code: 0 });

  const { rows } = await sql<{ pageno: number }>`
    select pageno from dbstat where name = 'contacts' and pagetype = 'leaf'`.execute(
    scene.backend.db,
  );
  const file = openSync(scene.url, "r+");
  writeSync(file, Buffer.alloc(2_000, 0xa5), 0, 2_000, (rows[2]!.pageno - 1) * 4_096 + 1_000);
  closeSync(file);
  const { output, code } = await runCommandOf(scene.place, "doctor");
  expect(output).toMatch(/^Database: \d+ problems?\n {2}The database file is damaged: /);
  expect(output).not.toContain("Files:");
  expect(code).toBe(1);
});
