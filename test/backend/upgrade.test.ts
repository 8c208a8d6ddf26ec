/** Brings the databases of released versions up to date. `programs/keep-database.ts` has made them. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { examineDatabase } from "../../server/doctor/examine-database.ts";
import { backends, type TestBackend } from "../support/backends.ts";
import { type SqliteTable, sqliteTables } from "../support/table-order.ts";

const folder = join(import.meta.dirname, "kept");
const versions = readdirSync(folder).map((name) => name.replace(".db.gz", ""));
const sqlite = backends.find(({ name }) => name === "sqlite")!;

async function open(which: TestBackend, prepare: (url: string) => void = () => {}) {
  const { url, remove } = await which.create();
  prepare(url);
  const backend = await openBackend(url);
  onTestFinished(async () => {
    await backend.close();
    await remove();
  });
  return backend;
}

/** The database of a version as it was kept. */
function openKept(version: string): Promise<Backend> {
  const bytes = gunzipSync(readFileSync(join(folder, `${version}.db.gz`)));
  return open(sqlite, (path) => writeFileSync(path, bytes));
}

/** The same rows in a Postgres of that version. */
async function openCopy(kept: Backend, version: string, tables: SqliteTable[]): Promise<Backend> {
  const postgres = await open(backends.find(({ name }) => name === "postgres")!);
  await postgres.migrate({ last: version });
  for (const { name } of tables) {
    const { rows } = await sql<never>`select * from ${sql.table(name)}`.execute(kept.db);
    await postgres.db
      .insertInto(name as "jobs")
      .values(rows)
      .execute();
  }
  return postgres;
}

async function countRows({ db }: Backend, tables: SqliteTable[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const counted = sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`;
    counts[name] = Number((await counted.execute(db)).rows[0]!.n);
  }
  return counts;
}

test("a database of each released version is kept", () => {
  expect(versions).toContain("009_file_items");
});

describe.each(versions)("a database of version %s", (version) => {
  test.each(backends)(
    "keeps all of its rows when it is brought up to date on $name",
    async ({ name }) => {
      const kept = await openKept(version);
      const tables = await sqliteTables(kept);
      const backend = name === "sqlite" ? kept : await openCopy(kept, version, tables);
      const before = await countRows(backend, tables);
      // Data in every table, or the test would prove little.
      expect(Object.entries(before).filter(([, count]) => count < 3)).toEqual([]);
      await backend.migrate();
      await backend.ping();
      expect(await countRows(backend, tables)).toEqual(before);
      expect(await examineDatabase(backend)).toEqual([]);
      const jobs = backend.db.selectFrom("jobs").selectAll().orderBy("id");
      expect(await jobs.execute()).toHaveLength(6);
    },
  );
});
