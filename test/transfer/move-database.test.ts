import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { moveDatabase } from "../../server/transfer/move-database.ts";
import { cancelTransfer, findTransfer } from "../../server/transfer/transfers.ts";
import { addAccount, backends, openTestBackend } from "../support/backends.ts";
import { insertJob, readJob } from "../support/job-row.ts";

type Opened = Awaited<ReturnType<typeof openTestBackend>>;
const [onSqlite, onPostgres] = backends as [(typeof backends)[0], (typeof backends)[0]];

let sqlite: Opened;
let postgres: Opened;
let from: Backend;
let to: Backend;
beforeEach(async () => {
  [sqlite, postgres] = await Promise.all([openTestBackend(onSqlite), openTestBackend(onPostgres)]);
  [from, to] = [sqlite.backend, postgres.backend];
  await to.db.deleteFrom("accounts").execute();
});
afterEach(() => Promise.all([sqlite.close(), postgres.close()]));

const names = { from: "headway.db", to: "postgres://somewhere" };

async function indexesOf({ name, db }: Backend): Promise<unknown[]> {
  const { rows } = await (name === "sqlite"
    ? sql`select tbl_name, name, sql from sqlite_schema where type = 'index' order by name`
    : sql`select indexdef, conname from pg_indexes
          left join pg_constraint on conname = indexname
          where schemaname = current_schema() order by indexdef`
  ).execute(db);
  return rows;
}

/** The database, whose `count`-th piece of a copy cannot be written. */
function failingAt(count: number, backend: Backend): Backend {
  let pieces = 0;
  return {
    ...backend,
    async openTableTransfer() {
      const transfer = await backend.openTableTransfer();
      return {
        ...transfer,
        insert(...given) {
          if (++pieces === count) throw new Error("on purpose");
          return transfer.insert(...given);
        },
      };
    },
  };
}

/** Emails from 100@example.com on, in the order in which a move copies them. */
async function insertContacts({ db }: Backend, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, at) => ({
    ...{ account_id: "account-1", email: `${100 + at}@example.com` },
    ...{ job_id: "", created_at: 1, updated_at: 1 },
  }));
  await db.insertInto("contacts").values(rows).execute();
}

async function emailsOf({ db }: Backend): Promise<string[]> {
  const rows = await db.selectFrom("contacts").select("email").orderBy("id").execute();
  return rows.map(({ email }) => email);
}

/** Makes the database refuse the contact until `allowContacts`. */
async function refuseContact({ name, db }: Backend, email: string): Promise<void> {
  await (name === "sqlite"
    ? sql`create trigger refused before insert on contacts when new.email = ${sql.lit(email)}
        begin select raise(abort, 'refused'); end`
    : sql`alter table contacts add constraint refused check (email <> ${sql.lit(email)})`
  ).execute(db);
}

async function allowContacts({ name, db }: Backend): Promise<void> {
  await (name === "sqlite"
    ? sql`drop trigger refused`
    : sql`alter table contacts drop constraint refused`
  ).execute(db);
}

describe("a move between SQLite and Postgres", () => {
  test("both databases get the indexes of their migrations, also after an interruption", async () => {
    const before = [await indexesOf(from), await indexesOf(to)];
    expect(before[0]!.length).toBeGreaterThan(40);
    const { id } = await insertJob(from);
    await expect(moveDatabase({ from, to: failingAt(20, to), names })).rejects.toThrow(
      "on purpose",
    );
    expect((await indexesOf(to)).length).toBeLessThan(before[1]!.length / 2);
    await moveDatabase({ from, to, names });
    expect(await indexesOf(to)).toEqual(before[1]);

    await from.db.deleteFrom("jobs").execute();
    await from.db.deleteFrom("accounts").execute();
    await moveDatabase({ from: to, to: from, names: { from: names.to, to: names.from } });
    expect(await indexesOf(from)).toEqual(before[0]);
    expect(await readJob(from, id)).toMatchObject({ kind: "noop" });
  });

  test.each([
    { direction: "from SQLite to Postgres", isBack: false },
    { direction: "from Postgres to SQLite", isBack: true },
  ])(
    "a move $direction that is refused a row keeps all pieces before it and goes on behind them",
    async ({ isBack }) => {
      const [source, target] = isBack ? [to, from] : [from, to];
      await target.db.deleteFrom("accounts").execute();
      if (isBack) await addAccount(source, "account-1");
      await insertContacts(source, 300);
      // The database refuses it in the middle of the second piece: the first has 100 rows.
      await refuseContact(target, "200@example.com");
      const move = () => moveDatabase({ from: source, to: target, names });
      await expect(move()).rejects.toThrow("refused");
      expect(await emailsOf(target)).toHaveLength(100);
      const { progress } = (await findTransfer(target, "in"))!;
      expect(JSON.parse(progress).contacts).toMatchObject({ rows: 100, done: false });

      await allowContacts(target);
      await move();
      expect(await emailsOf(target)).toEqual(await emailsOf(source));
    },
  );

  test("a move whose connection the server ends in the middle goes on with the next one", async () => {
    await insertContacts(from, 300);
    const endConnections = (table: string, rows: number) => {
      if (table !== "contacts" || rows !== 100) return;
      void sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.execute(to.db);
    };
    await expect(moveDatabase({ from, to, names, onPiece: endConnections })).rejects.toThrow(
      /terminat|connection/,
    );
    await moveDatabase({ from, to, names });
    expect(await emailsOf(to)).toEqual(await emailsOf(from));
  });

  test("a move whose source changes behind the copied rows says so, and the next one begins anew", async () => {
    await insertContacts(from, 300);
    const changes: Promise<unknown>[] = [];
    const change = (table: string, rows: number) => {
      if (table !== "contacts" || rows !== 100) return;
      const first = from.db.updateTable("contacts").where("email", "=", "100@example.com");
      changes.push(first.set({ company: "New" }).execute());
    };
    await expect(moveDatabase({ from, to, names, onPiece: change })).rejects.toThrow(
      "The copy differs: contacts has other values in its 300 rows",
    );
    await Promise.all(changes);
    await moveDatabase({ from, to, names });
    const { company } = await to.db
      .selectFrom("contacts")
      .select("company")
      .where("email", "=", "100@example.com")
      .executeTakeFirstOrThrow();
    expect(company).toBe("New");
  });

  test("a kind's own tables move, and a move without its migrations is refused", async () => {
    const jobs = await mkdtemp(join(tmpdir(), "headway-kinds-"));
    onTestFinished(() => rm(jobs, { recursive: true }));
    await mkdir(join(jobs, "crawl/migrations"), { recursive: true });
    await writeFile(join(jobs, "crawl.ts"), "export default {};");
    const migration = `export const up = (db) => db.schema.createTable("crawl_pages")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("url", "text", (column) => column.notNull()).execute();`;
    await writeFile(join(jobs, "crawl/migrations/001_pages.ts"), migration);
    await from.migrate({ jobsDirs: [jobs] });
    await sql`insert into crawl_pages values (7, 'https://x.test')`.execute(from.db);
    await expect(moveDatabase({ from, to, names })).rejects.toThrow(
      "No migration of this version makes the tables crawl_pages",
    );
    await to.migrate({ jobsDirs: [jobs] });
    await moveDatabase({ from, to, names });
    const { rows } = await sql`select * from crawl_pages`.execute(to.db);
    expect(rows).toEqual([{ id: 7, url: "https://x.test" }]);
  });

  test("a move that was cancelled begins anew, with what changed since", async () => {
    const { id } = await insertJob(from, { status: "paused", message: "before" });
    // Everything is copied and compared, and then the queue cannot be filled.
    await insertJob(from, { status: "queued" });
    const unwritable = { ...to, write: () => Promise.reject(new Error("on purpose")) };
    await expect(moveDatabase({ from, to: unwritable, names })).rejects.toThrow("on purpose");
    await cancelTransfer(from);
    await from.db.updateTable("jobs").set({ message: "since" }).where("id", "=", id).execute();
    await moveDatabase({ from, to, names });
    expect(await readJob(to, id)).toMatchObject({ message: "since" });
  });

  test("a move whose copy differs says so, and the next one begins anew", async () => {
    const { id } = await insertJob(from, { status: "paused", message: "before" });
    await expect(moveDatabase({ from, to: failingAt(30, to), names })).rejects.toThrow(
      "on purpose",
    );
    await from.db.updateTable("jobs").set({ message: "since" }).where("id", "=", id).execute();
    await expect(moveDatabase({ from, to, names })).rejects.toThrow(
      "The copy differs: jobs has other values in its 1 rows. Run the command again",
    );
    await moveDatabase({ from, to, names });
    expect(await readJob(to, id)).toMatchObject({ message: "since" });
  });
});
