import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { backends } from "../support/backends.ts";

/** A migration that makes a table. */
const making = (table: string) => `
  export const up = (db, { identity }) => db.schema.createTable("${table}")
    .addColumn("id", identity, (column) => column.primaryKey()).addColumn("text", "text").execute();`;
const kind = `export default {};`;

describe.each(backends)("migrations of kinds on $name", (which) => {
  let backend: Backend;
  let jobs: string;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    const database = await which.create();
    remove = database.remove;
    jobs = await mkdtemp(join(tmpdir(), "headway-kinds-"));
    backend = await openBackend(database.url);
  });
  afterEach(async () => {
    await backend.close();
    await remove();
    await rm(jobs, { recursive: true });
  });

  async function write(files: Record<string, string>): Promise<void> {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(jobs, name)), { recursive: true });
      await writeFile(join(jobs, name), content);
    }
  }
  const migrate = (last?: string) =>
    backend.migrate({ jobsDirs: [jobs], ...(last === undefined ? {} : { last }) });
  const recorded = async () => {
    const { rows } = await sql<{ name: string }>`select name from kind_migrations
      order by name`.execute(backend.db);
    return rows.map(({ name }) => name);
  };
  const insert = (table: string) =>
    sql`insert into ${sql.table(table)} (text) values ('a')`.execute(backend.db);

  test("run once, and a migration that an update of Headway brings later comes beside them", async () => {
    await write({ "crawl.ts": kind, "crawl/migrations/015_pages.ts": making("crawl_pages") });
    // The version before the last one.
    await migrate("014_transfers");
    await insert("crawl_pages");
    expect(await recorded()).toEqual(["crawl/015_pages"]);
    await migrate();
    await insert("crawl_pages");
    await expect(sql`select data from job_results`.execute(backend.db)).resolves.toBeDefined();
    await migrate();
    expect(await recorded()).toEqual(["crawl/015_pages"]);
  });

  test("of one kind may come before those of another that have run", async () => {
    await write({ "crawl.ts": kind, "crawl/migrations/001.ts": making("crawl") });
    await migrate();
    await write({
      ...{ "audit.ts": kind, "audit/migrations/001.ts": making("audit_rows") },
      "crawl/migrations/002.ts": making("crawl_links"),
    });
    await migrate();
    for (const table of ["crawl", "crawl_links", "audit_rows"]) await insert(table);
    expect(await recorded()).toEqual(["audit/001", "crawl/001", "crawl/002"]);
  });

  test("of a kind that was removed stay recorded, and its tables stay", async () => {
    await write({ "crawl.ts": kind, "crawl/migrations/001.ts": making("crawl_pages") });
    await migrate();
    await rm(join(jobs, "crawl.ts"));
    await write({ "audit.ts": kind, "audit/migrations/001.ts": making("audit_rows") });
    await migrate();
    await insert("crawl_pages");
    expect(await recorded()).toEqual(["audit/001", "crawl/001"]);
  });

  test("that fail, or make a table without the name of their kind, change nothing", async () => {
    await write({
      ...{ "crawl.ts": kind, "crawl/migrations/001.ts": making("crawl_pages") },
      "crawl/migrations/002.ts": making("pages"),
    });
    await expect(migrate()).rejects.toThrow(
      'crawl/migrations/002.ts makes the table "pages". Name it "crawl_pages"',
    );
    await expect(insert("crawl_pages")).rejects.toThrow("crawl_pages");
  });

  test("are not looked for in a folder without a kind of its name", async () => {
    await write({ "lib/migrations/001.ts": making("lib_rows") });
    await migrate();
    await expect(insert("lib_rows")).rejects.toThrow("lib_rows");
  });
});
