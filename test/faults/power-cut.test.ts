import { readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { openBackend } from "../../server/backend/open.ts";
import { readCatalog } from "../../server/catalog.ts";
import { start } from "../../server/engine/start/start.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { saveUpload } from "../../server/storage/uploads.ts";
import { jobsDirs } from "../support/application.ts";
import { addAccount } from "../support/backends.ts";
import { fragileDisk } from "./fragile-disk.ts";

test("a job and an upload that were accepted on SQLite survive a power cut", async ({ skip }) => {
  const disk = fragileDisk();
  if (!disk) return skip("this process may not mount a disk");
  const path = join(disk.dir, "headway.db");
  const backend = await openBackend(path);
  onTestFinished(() => backend.close());
  await backend.migrate();
  await addAccount(backend, "account-1");
  const catalog = await readCatalog(jobsDirs);
  const owner = { accountId: "account-1", userId: "ada" };

  for (let n = 0; n < 3; n++) {
    const { job } = await start(backend, catalog, { kind: "sleep", input: { ms: n }, ...owner });
    const file = { name: `${n}.csv`, mediaType: "text/csv", chunks: oneChunk(`email ${n}`) };
    const target = { backend, storage: createDiskStorage(disk.dir), maxBytes: 1_000 };
    const upload = await saveUpload(target, { ...owner, ...file });

    const dir = disk.cutPower();
    const left = await openBackend(join(dir, "headway.db"), { mustExist: true, check: true });
    const jobs = await left.db.selectFrom("jobs").select("id").orderBy("id", "desc").execute();
    expect(jobs).toHaveLength(n + 1);
    expect(jobs[0]!.id).toBe(job.id);
    const uploads = await left.db.selectFrom("uploads").select("id").execute();
    expect(uploads.map(({ id }) => id)).toContain(upload.id);
    expect(readFileSync(join(dir, upload.storage_key), "utf8")).toBe(`email ${n}`);
    await left.close();
  }

  // The fault is real: a commit that nobody flushes is gone.
  const careless = new Database(path);
  careless.pragma("synchronous = normal");
  careless.exec("insert into accounts (id, name, created_at) values ('careless', '', 1)");
  const left = await openBackend(join(disk.cutPower(), "headway.db"), { mustExist: true });
  careless.close();
  const { rows } = await sql`select id from accounts where id = 'careless'`.execute(left.db);
  await left.close();
  expect(rows).toEqual([]);
});

async function* oneChunk(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
