import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { moveDatabase } from "../../server/transfer/move-database.ts";
import { cancelTransfer } from "../../server/transfer/transfers.ts";
import { backends, openTestBackend } from "../support/backends.ts";
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
