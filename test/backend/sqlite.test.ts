import { chmodSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openBackend } from "../../server/backend/open.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { databaseContract } from "./contract/database.ts";
import { notificationsContract } from "./contract/notifications.ts";
import { queueContract } from "./contract/queue.ts";

let opened: Awaited<ReturnType<typeof openTestBackend>>;
const backend = () => opened.backend;

beforeAll(async () => {
  opened = await openTestBackend(backends.find((each) => each.name === "sqlite")!);
});
afterAll(() => opened.close());

describe("database", () => databaseContract(backend));
describe("notifications", () => notificationsContract(backend, () => opened.another()));
describe("queue", () => queueContract(backend));

test("a statement that rolls its transaction back reports its own error", async () => {
  // A full disk rolls back too, but a conflict can be provoked.
  const ending = backend().write(({ db }) =>
    sql`insert or rollback into accounts (id, name, created_at) values ('account-1', '', 1)`.execute(
      db,
    ),
  );
  await expect(ending).rejects.toThrow("UNIQUE constraint failed");
});

test("a single statement waits for another writer without holding up the event loop", async () => {
  const other = new Database(opened.url);
  other.exec("begin immediate");
  // Holding up the event loop would hold up this as well, until the statement fails.
  const ending = sleep(500).then(() => other.exec("commit"));
  await backend().db.updateTable("accounts").set({ name: "Ada" }).execute();
  await ending;
  other.close();
  const rows = await backend().db.selectFrom("accounts").select("name").execute();
  expect(new Set(rows.map(({ name }) => name))).toEqual(new Set(["Ada"]));
});

test("a notification is read by a later poll if an earlier one fails", async ({
  onTestFinished,
}) => {
  const received: unknown[] = [];
  onTestFinished(backend().notifications.subscribe((change) => received.push(change)));
  await sql`alter table notifications rename to renamed`.execute(backend().db);
  await sleep(100);
  await sql`alter table renamed rename to notifications`.execute(backend().db);
  await backend().write(async (tx) => tx.notify("job-1"));
  await expect.poll(() => received.flat()).toContain("job-1");
});

test("the log of the database shrinks again after a burst of writes", async () => {
  const { rows } = await sql<{
    journal_size_limit: number;
  }>`pragma journal_size_limit`.execute(backend().db);
  expect(rows).toEqual([{ journal_size_limit: 64 * 1024 * 1024 }]);
});

test("only its owner can read the database and its log, also one that others could read before", async () => {
  const permissions = (path: string) => statSync(path).mode & 0o777;
  const path = join(opened.dir, "private.db");
  const first = await openBackend(path);
  await first.migrate();
  for (const end of ["", "-wal", "-shm"]) expect(permissions(path + end), end).toBe(0o600);
  await first.close();
  chmodSync(path, 0o644);
  const second = await openBackend(path);
  await second.ping();
  for (const end of ["", "-wal"]) expect(permissions(path + end), end).toBe(0o600);
  await second.close();
});

test("a closed backend has closed all its connections, also one that it never used", async () => {
  const path = join(opened.dir, "closed.db");
  const closed = await openBackend(path);
  await closed.migrate();
  expect(closed.readOnlyDb).toBeDefined();
  expect(existsSync(`${path}-wal`)).toBe(true);
  await closed.close();
  // SQLite deletes the log with the last connection.
  expect(existsSync(`${path}-wal`)).toBe(false);
});

test("the log shrinks after a burst of writes beside a long reader", {
  timeout: 120_000,
}, async () => {
  const path = join(opened.dir, "burst.db");
  const burst = await openBackend(path);
  onTestFinished(() => burst.close());
  await sql`create table burst (bytes blob)`.execute(burst.db);
  const reader = new Database(path);
  reader.exec("begin; select count(*) from burst");
  const bytes = Buffer.alloc(4_000_000);
  const insert = () =>
    burst.write(({ db }) => sql`insert into burst values (${bytes})`.execute(db));
  for (let n = 0; n < 25; n++) await insert();
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(90_000_000);
  reader.close();
  // The first moves the log into the file, the second begins the log anew.
  await insert();
  await insert();
  expect(statSync(`${path}-wal`).size).toBeLessThan(70_000_000);
});
