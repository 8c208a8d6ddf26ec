import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import type { TableShape, TableTransfer } from "../../server/backend/table-transfer.ts";
import { compareTables, copyTables } from "../../server/transfer/copy-tables.ts";
import { beginTransfer, findTransfer } from "../../server/transfer/transfers.ts";
import { backends, openTestBackend } from "../support/backends.ts";

type Opened = Awaited<ReturnType<typeof openTestBackend>>;

let sqlite: Opened;
let postgres: Opened;
let connections: { sqlite: TableTransfer; postgres: TableTransfer };
let shapes: TableShape[];

beforeAll(async () => {
  [sqlite, postgres] = (await Promise.all(backends.map(openTestBackend))) as [Opened, Opened];
  await insertOddRows(sqlite.backend);
  connections = {
    sqlite: await sqlite.backend.openTableTransfer(),
    postgres: await postgres.backend.openTableTransfer(),
  };
  shapes = (await connections.postgres.describe())!;
});
afterAll(async () => {
  await Promise.all([connections.sqlite.close(), connections.postgres.close()]);
  await Promise.all([sqlite.close(), postgres.close()]);
});

/** Values at which conversions fail: quotes, separators, fractions, empty bytes, times, flags. */
async function insertOddRows({ db }: Backend): Promise<void> {
  const texts = ["", "\\N", "a\tb\nc\rd\\e", "ﬁ ‰ 😀 İ", "'\"", "NULL", "1:2", "-"];
  const common = { account_id: "account-1", job_id: "", created_at: 1, updated_at: 2 ** 52 };
  for (const [at, text] of texts.entries()) {
    await db
      .insertInto("contacts")
      .values({ ...common, email: `${at}${text}`, company: text })
      .execute();
    const ids = Buffer.from(Array.from({ length: at }, (_, n) => (n * 73) % 256));
    const posting = { account_id: "account-1", term: text, block: at, count: at, ids };
    await db.insertInto("contact_postings").values(posting).execute();
  }
  const job = {
    ...{ kind: "sleep", account_id: "account-1", user_id: "ada", input: "{}" },
    status: "done" as const,
    ...{ run_at: 1, created_at: 1, finished_at: 2, max_retries: 1, timeout_ms: 1 },
  } as const;
  for (const [at, progress] of [0, 0.1, 1 / 3, 1e-300, 1, null].entries()) {
    await db
      .insertInto("jobs")
      .values({ ...job, id: `job-${at}`, progress })
      .execute();
  }
  for (const [at, verified] of [0, 1].entries()) {
    await sql`insert into users (id, name, email, "emailVerified", "createdAt", "updatedAt")
      values (${`user-${at}`}, 'Ada', ${`${at}@example.com`}, ${verified},
        '2026-11-27T06:00:00.123Z', '1999-12-31T23:59:59.999Z')`.execute(db);
  }
}

const differences = async () =>
  (await compareTables({ from: connections.sqlite, to: connections.postgres, shapes })).flatMap(
    ({ difference }) => difference ?? [],
  );

describe("a copy from SQLite to Postgres and back", () => {
  test("a copy that fails in the middle goes on behind its last piece, to equal tables", async () => {
    await beginTransfer(postgres.backend, "in", "test");
    await connections.postgres.empty(shapes);
    let pieces = 0;
    const failing: TableTransfer = {
      ...connections.postgres,
      insert(...given) {
        if (++pieces === 8) throw new Error("on purpose");
        return connections.postgres.insert(...given);
      },
    };
    const options = { from: connections.sqlite, shapes, progress: {} };
    await expect(copyTables({ ...options, to: failing })).rejects.toThrow("on purpose");
    const { progress } = (await findTransfer(postgres.backend, "in"))!;
    const saved = JSON.parse(progress);
    expect(Object.keys(saved)).toHaveLength(7);
    await copyTables({ ...options, to: connections.postgres, progress: saved });
    expect(await differences()).toEqual([]);
  });

  test("a copy back has equal values", async () => {
    const before = new Map<string, unknown>();
    for (const shape of shapes) before.set(shape.name, await connections.sqlite.sum(shape));
    await connections.sqlite.empty(shapes);
    expect((await differences()).length).toBeGreaterThan(3);
    await beginTransfer(sqlite.backend, "in", "test");
    const { sqlite: to, postgres: from } = connections;
    await copyTables({ from, to, shapes, progress: {} });
    for (const shape of shapes) {
      expect(await connections.sqlite.sum(shape), shape.name).toEqual(before.get(shape.name));
    }
  });

  test("new rows get numbers behind the copied ones", async () => {
    await connections.postgres.finish(shapes);
    const contact = { account_id: "account-1", job_id: "", created_at: 1, updated_at: 1 };
    const insert = postgres.backend.db.insertInto("contacts").values({ ...contact, email: "new" });
    const { id } = await insert.returning("id").executeTakeFirstOrThrow();
    expect(id).toBe(9);
    await postgres.backend.db.deleteFrom("contacts").where("email", "=", "new").execute();
  });

  test.each([
    [
      "a changed letter",
      `update contacts set company = 'NULl' where company = 'NULL'`,
      "contacts has other values",
    ],
    [
      "a null for an empty text",
      `update contacts set company = null where company = ''`,
      "contacts has other values",
    ],
    [
      "another last bit",
      `update jobs set progress = 0.10000000000000002 where id = 'job-1'`,
      "jobs has other values",
    ],
    [
      "a millisecond",
      `update users set "createdAt" = "createdAt" + interval '1 ms' where id = 'user-0'`,
      "users has other values",
    ],
    [
      "a missing row",
      `delete from contact_postings where term = ''`,
      "contact_postings has 7 rows instead of 8",
    ],
  ])("the comparison notices %s", async (_, change, difference) => {
    const { postgres: to, sqlite: from } = connections;
    const client = postgres.backend.db;
    await sql.raw(change).execute(client);
    expect(await differences()).toEqual([expect.stringContaining(difference)]);
    // Restores the rows for the next case.
    await to.empty(shapes);
    await copyTables({ from, to, shapes, progress: {} });
    expect(await differences()).toEqual([]);
  });
});
