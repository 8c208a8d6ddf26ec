/** Moves all data of a database into another one, of the other kind. Nobody may use either meanwhile. */
import type { Backend } from "../backend/backend.ts";
import { localTables, type TableShape, type TableTransfer } from "../backend/table-transfer.ts";
import { release } from "../engine/finish.ts";
import {
  type Comparison,
  compareTables,
  copyTables,
  type Progress,
  refuseUnportable,
} from "./copy-tables.ts";
import {
  beginTransfer,
  findTransfer,
  finishTransfer,
  restartTransfer,
  saveVerified,
  type TransferRow,
} from "./transfers.ts";

/** Jobs that are enqueued in one transaction. */
const enqueuedAtOnce = 500;

export interface MoveOptions {
  /** Both migrated. */
  from: Backend;
  to: Backend;
  /** Their addresses, without passwords. */
  names: { from: string; to: string };
  onPiece?: (table: string, rows: number) => void;
}

export interface Moved {
  tables: Comparison[];
  rows: number;
  /** Jobs that were running, and go on from their checkpoints. */
  released: number;
}

/**
 * Goes on behind the last piece if an earlier move between the two was interrupted. The source keeps
 * its data, and says from then on that it was moved.
 * @throws if the target has other data, if it cannot store a value, or if a checksum differs; the source
 * is then unchanged
 */
export async function moveDatabase(options: MoveOptions): Promise<Moved> {
  const { from, to, names } = options;
  await refuseOtherData(to, names.from);
  const source = await from.openTableTransfer();
  const target = await to.openTableTransfer();
  try {
    const shapes = (await target.describe()) ?? (await source.describe());
    if (!shapes) throw new Error("One of the two databases must be Postgres");
    await refuseUnknownTables(from, shapes);
    await refuseUnportable(source, shapes);
    const { started_at } = await beginTransfer(from, "out", names.to);
    const transfer = await beginTransfer(to, "in", names.from, started_at);
    const tables = await fill(options, transfer, { source, target, shapes });
    const released = await handOver(to);
    await finishTransfer(from, "out");
    await finishTransfer(to, "in");
    return { tables, rows: tables.reduce((sum, { rows }) => sum + rows, 0), released };
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}

interface Tables {
  source: TableTransfer;
  target: TableTransfer;
  shapes: readonly TableShape[];
}

async function fill(
  { to, onPiece }: MoveOptions,
  transfer: TransferRow,
  { source, target, shapes }: Tables,
): Promise<Comparison[]> {
  const progress: Progress = JSON.parse(transfer.progress);
  if (transfer.verified_at !== null) return copied(progress);
  // Migrations may have inserted rows.
  if (Object.keys(progress).length === 0) await target.empty(shapes);
  await copyTables({ from: source, to: target, shapes, progress, ...(onPiece && { onPiece }) });
  const tables = await compareTables({ from: source, to: target, shapes });
  const differences = tables.flatMap(({ difference }) => difference ?? []);
  if (differences.length > 0) {
    await restartTransfer(to);
    throw new Error(
      `The copy differs: ${differences.join("; ")}. Run the command again, which begins anew`,
    );
  }
  await target.finish(shapes);
  await saveVerified(to);
  return tables;
}

function copied(progress: Progress): Comparison[] {
  return Object.entries(progress).map(([table, { rows }]) => ({ table, rows, difference: null }));
}

/** Gives running jobs back to the queue, and fills the queue of the new database. */
async function handOver(to: Backend): Promise<number> {
  const running = await to.db
    .selectFrom("jobs")
    .select(["id", "fence"])
    .where("status", "=", "running")
    .execute();
  for (const job of running) await release(to, job, "interrupted");
  let after = "";
  for (;;) {
    const queued = await to.db
      .selectFrom("jobs")
      .select(["id", "run_at", "priority"])
      .where("status", "=", "queued")
      .where("id", ">", after)
      .orderBy("id")
      .limit(enqueuedAtOnce)
      .execute();
    if (queued.length === 0) return running.length;
    await to.write(async (tx) => {
      for (const { id, run_at, priority } of queued) {
        await tx.enqueue({ id, runAt: run_at, priority });
      }
    });
    after = queued.at(-1)!.id;
  }
}

/**
 * @throws if the source has a table that the target lacks, such as that of a kind whose migrations were
 * removed: it would be left behind silently
 */
async function refuseUnknownTables(from: Backend, shapes: readonly TableShape[]): Promise<void> {
  const known = new Set([...localTables, ...shapes.map(({ name }) => name)]);
  const tables = await from.db.introspection.getTables();
  // Postgres, which says the schema, has described its own tables.
  const unknown = tables.filter(({ name, schema }) => schema === undefined && !known.has(name));
  if (unknown.length === 0) return;
  const list = unknown.map(({ name }) => name).join(", ");
  throw new Error(
    `No migration of this version makes the tables ${list}. Put it back, or drop them`,
  );
}

/** @throws if the target has data that the move from this source did not bring */
async function refuseOtherData(to: Backend, from: string): Promise<void> {
  const before = await findTransfer(to, "in");
  if (before && before.finished_at === null && before.peer === from) return;
  for (const table of ["accounts", "members", "jobs", "contacts"] as const) {
    const query = to.db.selectFrom(table).select(({ lit }) => lit(1).as("one"));
    const row = await query.limit(1).executeTakeFirst();
    if (row) throw new Error(`The target has data already (table ${table}). Give an empty one`);
  }
}
