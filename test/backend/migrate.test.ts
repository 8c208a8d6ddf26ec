import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { backends } from "../support/backends.ts";

const program = join(import.meta.dirname, "programs/migrate.ts");
const run = promisify(execFile);

describe.each(backends)("migrations on $name", (which) => {
  async function open(): Promise<{ backend: Backend; url: string }> {
    const { url, remove } = await which.create();
    const backend = await openBackend(url);
    onTestFinished(async () => {
      await backend.close();
      await remove();
    });
    return { backend, url };
  }

  test("migrate() migrates an empty database once when three processes start together", {
    timeout: 60_000,
  }, async () => {
    const { backend, url } = await open();
    const at = String(Date.now() + 2_000);
    await Promise.all([1, 2, 3].map(() => run(process.execPath, [program, url, at])));
    await expect(backend.ping()).resolves.toBeUndefined();
  });

  test("migrate() leaves no tables behind when a migration fails", async () => {
    const { backend } = await open();
    await sql`create table jobs (id text)`.execute(backend.db);
    await expect(backend.migrate()).rejects.toThrow("already exists");
    await expect(sql`select 1 from accounts`.execute(backend.db)).rejects.toThrow("accounts");
    await sql`drop table jobs`.execute(backend.db);
    await backend.migrate();
    await expect(backend.ping()).resolves.toBeUndefined();
  });

  const asIfMigratedTo = (backend: Backend, name: string) =>
    sql`insert into kysely_migration (name, timestamp) values (${name}, '2030')`.execute(
      backend.db,
    );

  test("migrate() refuses a database of a newer version and names what it does not know", async () => {
    const { backend } = await open();
    await backend.migrate();
    await asIfMigratedTo(backend, "999_future");
    await expect(backend.migrate()).rejects.toThrow(
      "a newer version of Headway made or updated it (999_future). Start that version",
    );
    await expect(backend.ping()).resolves.toBeUndefined();
  });

  test("a process goes on with the database of a newer version, unless a migration is breaking", async () => {
    const { backend } = await open();
    expect(await backend.migrate({ acceptNewer: true })).toEqual([]);
    await asIfMigratedTo(backend, "998_future");
    expect(await backend.migrate({ acceptNewer: true })).toEqual(["998_future"]);
    await asIfMigratedTo(backend, "999_future_breaking");
    await expect(backend.migrate({ acceptNewer: true })).rejects.toThrow(
      "updated it (998_future, 999_future_breaking). Start that version",
    );
  });

  test("a process refuses the database of another branch, which lacks its own migrations", async () => {
    const { backend } = await open();
    await backend.migrate({ last: "013_rate_limits" });
    await asIfMigratedTo(backend, "998_future");
    await expect(backend.migrate({ acceptNewer: true })).rejects.toThrow("(998_future)");
  });
});
