import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isTransientError } from "../../server/engine/transient-error.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { databaseContract } from "./contract/database.ts";
import { queueContract } from "./contract/queue.ts";
import { signalsContract } from "./contract/signals.ts";

let opened: Awaited<ReturnType<typeof openTestBackend>>;
const backend = () => opened.backend;

beforeAll(async () => {
  opened = await openTestBackend(backends.find((each) => each.name === "postgres")!);
});
afterAll(() => opened.close());

describe("database", () => databaseContract(backend));
describe("signals", () => signalsContract(backend, () => opened.another()));
describe("queue", () => queueContract(backend));

describe("statements that the server keeps", () => {
  const touch = () =>
    backend().write(({ db }) =>
      db.updateTable("accounts").set({ name: "same" }).returningAll().executeTakeFirst(),
    );

  test("are found again, and planned anew after a migration", async () => {
    for (let time = 0; time < 10; time++) await touch();
    const kept = await backend().write(({ db }) =>
      sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db),
    );
    expect(kept.rows.map(({ statement }) => statement)).toContainEqual(
      expect.stringContaining('update "accounts"'),
    );
    const db = backend().db;
    await sql`alter table accounts add column later text`.execute(db);
    // Each connection notices once, and is given up.
    let failures = 0;
    for (let time = 0; time < 10; time++) {
      await touch().catch((error) => {
        expect(isTransientError(error)).toBe(true);
        failures++;
      });
    }
    expect(failures).toBeGreaterThan(0);
    expect(failures).toBeLessThan(5);
    expect(await touch()).toHaveProperty("later");
    await sql`alter table accounts drop column later`.execute(db);
  });
});
