import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { prepareMark } from "../../server/backend/postgres/preparing-client.ts";
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

test("a closed backend listens no more, though somebody is still subscribed", async () => {
  const listening = async () => {
    const { rows } = await sql`select from pg_stat_activity where datname = current_database()
      and query in ('listen headway_jobs', 'select pg_listening_channels()')`.execute(backend().db);
    return rows.length;
  };
  const before = await listening();
  const other = await opened.another();
  other.notifications.subscribe(() => {});
  await expect.poll(listening).toBe(before + 1);
  await other.close();
  await expect.poll(listening, { timeout: 10_000 }).toBe(before);
});

describe("prepared statements", () => {
  const update = () => backend().db.updateTable("accounts").set({ name: "same" });
  const inTransaction = <T>(run: (db: Backend["db"]) => Promise<T>) =>
    backend().write(({ db }) => run(db));
  const addColumn = () => sql`alter table accounts add column later text`.execute(backend().db);
  afterEach(async () => {
    await sql`alter table accounts drop column if exists later`.execute(backend().db);
  });

  async function preparedStatements(): Promise<string[]> {
    const { rows } = await inTransaction((db) =>
      sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db),
    );
    return rows.map(({ statement }) => statement);
  }

  test("a repeated statement is prepared, unless it returns all columns, which a migration may change", async () => {
    const some = update().returning("name").compile();
    const all = update().returningAll().compile();
    for (let n = 0; n < 10; n++) {
      await inTransaction((db) => db.executeQuery(some));
      await inTransaction((db) => db.executeQuery(all));
    }
    const prepared = await preparedStatements();
    expect(prepared).toContain(some.sql);
    expect(prepared).not.toContain(all.sql);
    await addColumn();
    const { rows } = await inTransaction((db) => db.executeQuery(all));
    expect(rows[0]).toHaveProperty("later");
  });

  test("a session whose plan a migration has outdated fails once and is replaced", async () => {
    const select = () =>
      inTransaction((db) => sql`${sql.raw(prepareMark)} select * from accounts`.execute(db));
    for (let n = 0; n < 10; n++) await select();
    await addColumn();
    let failures = 0;
    for (let n = 0; n < 10; n++) {
      await select().catch((error) => {
        expect(isTransientError(error), String(error)).toBe(true);
        failures++;
      });
    }
    expect(failures).toBeGreaterThan(0);
    expect(failures).toBeLessThan(5);
    expect((await select()).rows[0]).toHaveProperty("later");
  });
});
