import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isTransientError } from "../../server/engine/transient-error.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { databaseContract } from "./contract/database.ts";
import { notificationsContract } from "./contract/notifications.ts";
import { queueContract } from "./contract/queue.ts";

let opened: Awaited<ReturnType<typeof openTestBackend>>;
const backend = () => opened.backend;

beforeAll(async () => {
  opened = await openTestBackend(backends.find((each) => each.name === "postgres")!);
});
afterAll(() => opened.close());

describe("database", () => databaseContract(backend));
describe("notifications", () => notificationsContract(backend, () => opened.another()));
describe("queue", () => queueContract(backend));

describe("prepared statements", () => {
  const update = () =>
    backend().write(({ db }) =>
      db.updateTable("accounts").set({ name: "same" }).returningAll().executeTakeFirst(),
    );

  test("a prepared statement is reused and planned again after a migration", async () => {
    for (let n = 0; n < 10; n++) await update();
    const prepared = await backend().write(({ db }) =>
      sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db),
    );
    expect(prepared.rows.map(({ statement }) => statement)).toContainEqual(
      expect.stringContaining('update "accounts"'),
    );
    const db = backend().db;
    await sql`alter table accounts add column later text`.execute(db);
    // Each connection fails once and is then replaced.
    let failures = 0;
    for (let n = 0; n < 10; n++) {
      await update().catch((error) => {
        expect(isTransientError(error), String(error)).toBe(true);
        failures++;
      });
    }
    expect(failures).toBeGreaterThan(0);
    expect(failures).toBeLessThan(5);
    expect(await update()).toHaveProperty("later");
    await sql`alter table accounts drop column later`.execute(db);
  });
});
