/** The rows that say that a database was moved, or is being filled or emptied by a move. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Selectable } from "kysely";
import type { Backend } from "../backend/backend.ts";
import { DatabaseRefused } from "../backend/database-refused.ts";
import { openBackend } from "../backend/open.ts";
import type { TransfersTable } from "../backend/schema.ts";

export type TransferRow = Selectable<TransfersTable>;
type Direction = TransferRow["direction"];

export async function findTransfer(
  { db }: Pick<Backend, "db">,
  direction: Direction,
): Promise<TransferRow | undefined> {
  const query = db.selectFrom("transfers").selectAll().where("direction", "=", direction);
  return query.executeTakeFirst();
}

/**
 * Continues an unfinished transfer with the same peer. Replaces any other one.
 * @param startedAt of the same move in the other database: one that has begun later than what was
 *   copied may find other rows. Default: continues any
 */
export async function beginTransfer(
  { db, now }: Pick<Backend, "db" | "now">,
  direction: Direction,
  peer: string,
  startedAt?: number,
): Promise<TransferRow> {
  const before = await findTransfer({ db }, direction);
  const isSame = before?.peer === peer && before.started_at === (startedAt ?? before.started_at);
  if (before && isSame && before.finished_at === null) return before;
  const row = {
    direction,
    peer,
    progress: "{}",
    started_at: startedAt ?? now(),
    verified_at: null,
    finished_at: null,
  };
  await db
    .insertInto("transfers")
    .values(row)
    .onConflict((conflict) => conflict.column("direction").doUpdateSet(row))
    .execute();
  return row;
}

/** Lets an unfinished transfer into this database begin anew. */
export async function restartTransfer({ db }: Pick<Backend, "db">): Promise<void> {
  const restarted = db.updateTable("transfers").set({ progress: "{}" });
  await restarted.where("direction", "=", "in").where("finished_at", "is", null).execute();
}

/** Saves that the copy has been compared, so that a later run only hands the jobs over. */
export async function saveVerified({ db, now }: Pick<Backend, "db" | "now">): Promise<void> {
  const update = db.updateTable("transfers").set({ verified_at: now() });
  await update.where("direction", "=", "in").execute();
}

export async function finishTransfer(
  { db, now }: Pick<Backend, "db" | "now">,
  direction: Direction,
): Promise<void> {
  const update = db.updateTable("transfers").set({ finished_at: now() });
  await update.where("direction", "=", direction).execute();
}

/** Opens a database again that a move was to leave. */
export async function cancelTransfer({ db }: Pick<Backend, "db">): Promise<void> {
  await db.deleteFrom("transfers").where("direction", "=", "out").execute();
}

/**
 * @throws DatabaseRefused if the data was moved away, or a move is not finished: work on it would be
 * lost, or done twice
 */
export async function refuseTransferred(backend: Pick<Backend, "db">): Promise<void> {
  const out = await findTransfer(backend, "out");
  if (out?.finished_at) {
    throw new DatabaseRefused(
      `its data was moved to ${out.peer} on ${new Date(out.finished_at).toISOString().slice(0, 10)}. Set DATABASE_URL to that database, or leave it out for SQLite. To use this one again: npm run move -- --cancel`,
    );
  }
  const unfinished = out ?? (await findTransfer(backend, "in"));
  if (!unfinished || unfinished.finished_at) return;
  const [preposition, argument] = out ? ["to", ` -- ${out.peer}`] : ["from", ""];
  throw new DatabaseRefused(
    `a move ${preposition} ${unfinished.peer} is not finished. Run npm run move${argument} again, which goes on where it stopped`,
  );
}

/**
 * @throws DatabaseRefused if the database is an empty Postgres, and a SQLite file with people beside it
 * was not moved: they would not find their data
 */
export async function refuseForgottenFile(backend: Backend, storageDir: string): Promise<void> {
  const path = join(storageDir, "headway.db");
  if (!backend.spansMachines || !existsSync(path)) return;
  if ((await countUsers(backend)) > 0) return;
  const file = await openBackend(path, { mustExist: true }).catch(() => undefined);
  if (!file) return;
  try {
    const users = await countUsers(file);
    const moved = await findTransfer(file, "out").catch(() => undefined);
    if (users === 0 || moved?.finished_at) return;
    throw new DatabaseRefused(
      `it is empty, and ${path} has data (users: ${users}). Take it along: DATABASE_URL= npm run move -- postgres://…, then start again. To begin anew, rename the file`,
    );
  } finally {
    await file.close();
  }
}

/** The table is better-auth's. @returns 0 for a database without tables */
async function countUsers({ db }: Pick<Backend, "db">): Promise<number> {
  const query = db.selectFrom("members").select(({ fn }) => fn.countAll<number>().as("count"));
  const found = await query.executeTakeFirst().catch(() => undefined);
  return Number(found?.count ?? 0);
}
