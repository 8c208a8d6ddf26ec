import { CompiledQuery, sql, type Transaction } from "kysely";
import type { Upsert, Upserted } from "../../job.ts";
import type { Schema } from "../schema.ts";

type Run = (
  tx: Transaction<Schema>,
  table: string,
  rows: readonly unknown[][],
  how: Upsert,
) => Promise<Upserted>;

/** The values of one column: one where all rows hold the same (an account, a moment), else all. */
type Column = { same: unknown } | { each: unknown[] };

/**
 * One statement with an array for each column. A key may stand in it once only, so rows that
 * repeat a key must be folded beforehand. `xmax = 0` tells a new row from one that was updated.
 *
 * Copying the rows into a temporary table first is no faster, for nearly all of the time goes into
 * `on conflict`, row by row; sending once what all rows share is.
 */
export function createUpsert(): Run {
  const kept = new Map<string, string>();

  return async (tx, table, rows, how) => {
    if (rows.length === 0) return { inserted: 0, updated: 0, skipped: 0 };
    const columns = how.columns.map((_, at) => columnOf(rows, at));
    const shared = columns.map((column) => "same" in column);
    const name = JSON.stringify([table, how, shared]);
    const statement =
      kept.get(name) ?? statementFor(table, how, shared, await columnTypes(tx, table));
    kept.set(name, statement);
    const values = columns.map((column) => ("same" in column ? column.same : column.each));
    const result = await tx.executeQuery<{ inserted: number; changed: number }>(
      CompiledQuery.raw(statement, values),
    );
    const { inserted, changed } = result.rows[0]!;
    return { inserted, updated: changed - inserted, skipped: rows.length - changed };
  };
}

function columnOf(rows: readonly unknown[][], at: number): Column {
  const same = rows[0]![at];
  return rows.every((row) => row[at] === same) ? { same } : { each: rows.map((row) => row[at]) };
}

function statementFor(
  table: string,
  { columns, key, update, updateIfGiven = [] }: Upsert,
  shared: readonly boolean[],
  types: Map<string, string>,
): string {
  const value = (column: string, at: number) =>
    shared[at] ? `$${at + 1}::${types.get(column)}` : `given."${column}"`;
  const arrays = columns.map((column, at) => `$${at + 1}::${types.get(column)}[]`);
  const each = <T>(all: readonly T[]) => all.filter((_, at) => !shared[at]);
  const given = `unnest(${each(arrays).join(", ")}) as given(${quoted(each(columns))})`;
  const coalesced = (column: string) => `coalesce(excluded."${column}", "${table}"."${column}")`;
  const set = [
    ...update.map((column) => `"${column}" = excluded."${column}"`),
    ...updateIfGiven.map((column) => `"${column}" = ${coalesced(column)}`),
  ].join(", ");
  return `with written as (
      insert into "${table}" (${quoted(columns)})
      select ${columns.map(value).join(", ")} ${shared.includes(false) ? `from ${given}` : ""}
      on conflict (${quoted(key)}) do ${set ? `update set ${set}` : "nothing"}
      returning xmax = 0 as inserted)
    select count(*) filter (where inserted) as inserted, count(*) as changed from written`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

async function columnTypes(tx: Transaction<Schema>, table: string): Promise<Map<string, string>> {
  const { rows } = await sql<{ name: string; type: string }>`
    select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped`.execute(tx);
  return new Map(rows.map(({ name, type }) => [name, type]));
}
