import { CompiledQuery, sql, type Transaction } from "kysely";
import type { Schema } from "../schema.ts";
import type { Cell } from "../table-transfer.ts";
import { copyLine } from "./copy-line.ts";

/** The server writes the rows of one chunk while the next one is made. */
const rowsPerChunk = 250;

/**
 * Copies the rows: several times faster than `upsert`, which looks for a duplicate of each row.
 * @returns the ids of the rows
 */
export async function insert(
  tx: Transaction<Schema>,
  table: string,
  columns: readonly string[],
  rows: readonly unknown[][],
): Promise<number[]> {
  if (rows.length === 0) return [];
  const ids = await takeIds(tx, table, rows.length);
  const names = ["id", ...columns].map((name) => `"${name}"`).join(", ");
  const statement = `copy "${table}" (${names}) from stdin`;
  await tx.executeQuery(CompiledQuery.raw(statement, [chunksOf(ids, rows)]));
  return ids;
}

/** COPY returns no ids, so they are taken beforehand. */
async function takeIds(tx: Transaction<Schema>, table: string, count: number): Promise<number[]> {
  const { rows } = await sql<{ ids: number[] }>`
    with identity as materialized (select pg_get_serial_sequence(${table}, 'id')::regclass as name)
    select json_agg(nextval(name)) as ids from identity cross join generate_series(1, ${count}::int)
  `.execute(tx);
  return rows[0]!.ids;
}

function* chunksOf(ids: readonly number[], rows: readonly unknown[][]): Generator<Buffer> {
  for (let from = 0; from < rows.length; from += rowsPerChunk) {
    let lines = "";
    const to = Math.min(from + rowsPerChunk, rows.length);
    for (let at = from; at < to; at++) lines += copyLine([ids[at]!, ...(rows[at] as Cell[])]);
    yield Buffer.from(lines);
  }
}
