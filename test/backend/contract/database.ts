import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Backend } from "../../../server/backend/backend.ts";

/** The tests that every database must pass. */
export function databaseContract(backend: () => Backend): void {
  test("a transaction that fails leaves nothing behind", async () => {
    const { db, write } = backend();
    const failing = write(async (tx) => {
      await tx.db.insertInto("accounts").values({ id: "gone", name: "", created_at: 1 }).execute();
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow("on purpose");
    const found = await db.selectFrom("accounts").where("id", "=", "gone").select("id").execute();
    expect(found).toEqual([]);
  });

  test("a transaction that reads and then writes loses no concurrent update", async () => {
    const { db, write } = backend();
    await db.insertInto("accounts").values({ id: "sum", name: "", created_at: 1 }).execute();
    const add = () =>
      write(async (tx) => {
        await tx.db.updateTable("accounts").set({ name: "" }).where("id", "=", "sum").execute();
        const row = await tx.db
          .selectFrom("accounts")
          .select("contact_count")
          .where("id", "=", "sum")
          .executeTakeFirstOrThrow();
        await tx.db
          .updateTable("accounts")
          .set({ contact_count: row.contact_count + 1 })
          .where("id", "=", "sum")
          .execute();
      });
    await Promise.all(Array.from({ length: 20 }, add));
    const row = await db
      .selectFrom("accounts")
      .select("contact_count")
      .where("id", "=", "sum")
      .executeTakeFirstOrThrow();
    expect(row.contact_count).toBe(20);
  });

  test("a time is read back as a number", async () => {
    const { db } = backend();
    const at = 1_795_000_000_123;
    await db.insertInto("accounts").values({ id: "time", name: "", created_at: at }).execute();
    const row = await db
      .selectFrom("accounts")
      .select("created_at")
      .where("id", "=", "time")
      .executeTakeFirstOrThrow();
    expect(row.created_at).toBe(at);
  });

  test("a relation carries typed values, nulls and any text", async () => {
    const { db, relation } = backend();
    const rows = [
      { id: "it's", n: 1_795_000_000_123, part: 0.5, text: "NULL" },
      { id: 'a "b"', n: null, part: null, text: null },
      { id: "{a,b}", n: -1, part: 1e-9, text: "" },
      { id: "a\\b\n\t😀", n: 0, part: 3, text: '{"json": [1, "\\""]}' },
    ];
    const given = relation(rows, { id: "text", n: "integer", part: "real", text: "text" });
    const found = await sql`select id, n, part, text from ${given} as given`.execute(db);
    expect(found.rows).toEqual(rows);
    const none = relation<{ id: string }>([], { id: "text" });
    expect((await sql`select * from ${none} as given`.execute(db)).rows).toEqual([]);
  });

  test("an upsert counts the rows that it inserted, updated and skipped", async () => {
    const { write } = backend();
    const row = (email: string, company: string) => ["a", email, company, "job", 1, 1];
    const columns = ["account_id", "email", "company", "job_id", "created_at", "updated_at"];
    const how = { columns, key: ["account_id", "email"], update: ["company"] };
    const upsert = (rows: unknown[][], update = how.update) =>
      write((tx) => tx.upsert("contacts", rows, { ...how, update }));
    expect(await upsert([row("a@x.test", "A"), row("b@x.test", "B")])).toEqual({
      inserted: 2,
      updated: 0,
      skipped: 0,
    });
    expect(await upsert([row("b@x.test", "BB"), row("c@x.test", "C")])).toEqual({
      inserted: 1,
      updated: 1,
      skipped: 0,
    });
    expect(await upsert([row("c@x.test", "CC"), row("d@x.test", "D")], [])).toEqual({
      inserted: 1,
      updated: 0,
      skipped: 1,
    });
    const rows = await backend()
      .db.selectFrom("contacts")
      .select(["email", "company"])
      .orderBy("email")
      .execute();
    expect(rows.map((each) => each.company)).toEqual(["A", "BB", "C", "D"]);
  });

  test("an upsert takes no rows, one row, and rows that share a value", async () => {
    const { db, write } = backend();
    const columns = ["account_id", "email", "phone", "job_id", "created_at", "updated_at"];
    const how = { columns, key: ["account_id", "email"], update: ["phone", "updated_at"] };
    const row = (email: string, phone: string | null, at: number) => {
      return ["shared", email, phone, "job", at, at];
    };
    const upsert = (...rows: unknown[][]) => write((tx) => tx.upsert("contacts", rows, how));
    expect(await upsert()).toEqual({ inserted: 0, updated: 0, skipped: 0 });
    expect(await upsert(row("a", null, 1))).toEqual({ inserted: 1, updated: 0, skipped: 0 });
    // Different phones, then a shared one, then none.
    await upsert(row("a", "1", 2), row("b", null, 2));
    await upsert(row("c", "3", 3), row("d", "3", 3));
    await upsert(row("d", null, 4), row("e", null, 5));
    const found = await db
      .selectFrom("contacts")
      .select(["email", "phone", "created_at", "updated_at"])
      .where("account_id", "=", "shared")
      .orderBy("email")
      .execute();
    expect(found.map((each) => Object.values(each).join(" "))).toEqual([
      "a 1 1 2",
      "b  2 2",
      "c 3 3 3",
      "d  3 4",
      "e  5 5",
    ]);
  });

  test("an upsert with updateIfGiven keeps the old value where the new one is null", async () => {
    const { db, write } = backend();
    const columns = [
      "account_id",
      "email",
      "company",
      "phone",
      "job_id",
      "created_at",
      "updated_at",
    ];
    const how = {
      columns,
      key: ["account_id", "email"],
      update: ["job_id"],
      updateIfGiven: ["company", "phone"],
    };
    const upsert = (rows: unknown[][]) => write((tx) => tx.upsert("contacts", rows, how));
    await upsert([
      ["given", "a@x.test", "A", null, "first", 1, 1],
      ["given", "b@x.test", null, "2", "first", 1, 1],
    ]);
    const counts = await upsert([
      ["given", "a@x.test", null, "1", "second", 2, 2],
      ["given", "b@x.test", "B", "3", "second", 2, 2],
    ]);
    expect(counts).toEqual({ inserted: 0, updated: 2, skipped: 0 });
    const rows = await db
      .selectFrom("contacts")
      .select(["company", "phone", "job_id", "created_at", "updated_at"])
      .where("account_id", "=", "given")
      .orderBy("email")
      .execute();
    expect(rows).toEqual([
      { company: "A", phone: "1", job_id: "second", created_at: 1, updated_at: 1 },
      { company: "B", phone: "3", job_id: "second", created_at: 1, updated_at: 1 },
    ]);
  });

  test("an insert returns the ids of its rows in their order, and keeps every character", async () => {
    const { db, write } = backend();
    const columns = ["account_id", "email", "company", "job_id", "created_at", "updated_at"];
    const companies = ["A\tB", "A\nB\r\n", "\\N", "\\.", "C:\\new", '"', "", null, "Zoë 😀", "x"];
    // More rows than one statement of SQLite and one chunk of Postgres take.
    const rows = Array.from({ length: 1_003 }, (_, at) => {
      const email = `${String(at).padStart(4, "0")}@x.test`;
      return ["inserted", email, companies[at % companies.length]!, "job", at, 7];
    });
    const ids = await write((tx) => tx.insert("contacts", columns, rows));
    const stored = await db
      .selectFrom("contacts")
      .select(["id", "email", "company", "created_at", "updated_at"])
      .where("account_id", "=", "inserted")
      .orderBy("id")
      .execute();
    expect(stored.map(({ id }) => id)).toEqual(ids);
    expect(stored).toEqual(
      rows.map(([, email, company, , created_at, updated_at], at) => {
        return { id: ids[at], email, company, created_at, updated_at };
      }),
    );
    expect(await write((tx) => tx.insert("contacts", columns, []))).toEqual([]);
    const [next] = await write((tx) =>
      tx.insert("contacts", columns, [["inserted", "next@x.test", null, "job", 1, 1]]),
    );
    expect(next).toBeGreaterThan(ids.at(-1)!);
  });

  test("an insert of a row that exists fails with its whole transaction", async () => {
    const { db, write } = backend();
    const columns = ["account_id", "email", "job_id", "created_at", "updated_at"];
    const row = (email: string) => ["repeated", email, "job", 1, 1];
    await write((tx) => tx.insert("contacts", columns, [row("b@x.test")]));
    const repeated = write(async (tx) => {
      await tx.insert("contacts", columns, [row("a@x.test")]);
      await tx.insert("contacts", columns, [row("b@x.test"), row("c@x.test")]);
    });
    await expect(repeated).rejects.toThrow(/unique/i);
    const found = await db
      .selectFrom("contacts")
      .select("email")
      .where("account_id", "=", "repeated")
      .execute();
    expect(found).toEqual([{ email: "b@x.test" }]);
  });

  test("the database sorts emails by their bytes", async () => {
    const { db, write } = backend();
    const emails = ["b@x", "B@x", "é@x", "z@x", "\u{1F600}@x", "\uFF5E@x"];
    const columns = ["account_id", "email", "job_id", "created_at", "updated_at"];
    await write((tx) =>
      tx.upsert(
        "contacts",
        emails.map((email) => ["sorted", email, "job", 1, 1]),
        { columns, key: ["account_id", "email"], update: [] },
      ),
    );
    const found = await db
      .selectFrom("contacts")
      .select("email")
      .where("account_id", "=", "sorted")
      .orderBy("email")
      .execute();
    const byBytes = emails.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(found.map((row) => row.email)).toEqual(byBytes);
  });

  test("a read-only database reads what is committed, and refuses each way to write", async () => {
    const { db, readOnlyDb } = backend();
    await db
      .insertInto("accounts")
      .values({ id: "read", name: "as it was", created_at: 1 })
      .execute();
    const find = (reader = readOnlyDb) =>
      reader.selectFrom("accounts").select("name").where("id", "=", "read").execute();
    expect(await find()).toEqual([{ name: "as it was" }]);
    const rename = sql`/* hidden */ update accounts set name = 'changed' where id = 'read'`;
    for (const write of [
      () => rename.execute(readOnlyDb),
      () =>
        sql`with changed as (select 1) delete from accounts where id = 'read'`.execute(readOnlyDb),
      () => readOnlyDb.transaction().execute((tx) => rename.execute(tx)),
      () => readOnlyDb.deleteFrom("accounts").where("id", "=", "read").execute(),
      () => readOnlyDb.schema.dropTable("accounts").execute(),
    ]) {
      await expect(write()).rejects.toThrow(/read-?only|only reads/i);
    }
    const inTransaction = readOnlyDb.transaction().execute((tx) => find(tx));
    expect(await Promise.all([inTransaction, ...Array.from({ length: 8 }, () => find())])).toEqual(
      Array.from({ length: 9 }, () => [{ name: "as it was" }]),
    );
  });
}
