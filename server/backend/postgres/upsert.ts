import { CompiledQuery, sql, type Transaction } from "kysely";
import type { Upsert, Upserted } from "../../job.ts";
import type { Schema } from "../schema.ts";

type Run = (
  tx: Transaction<Schema>,
  table: string,
  rows: readonly unknown[][],
  how: Upsert,
) => Promise<Upserted>;

/**
 * One statement with an array for each column. A key may stand in it once only, so rows that
 * repeat a key must be folded beforehand. `xmax = 0` tells a new row from one that was updated.
 */
export function createUpsert(): Run {
  const kept = new Map<string, string>();

  return async (tx, table, rows, how) => {
    if (rows.length === 0) return { inserted: 0, updated: 0, skipped: 0 };
    const name = JSON.stringify([table, how]);
    const statement = kept.get(name) ?? statementFor(table, how, await columnTypes(tx, table));
    kept.set(name, statement);
    const columns = how.columns.map((_, at) => rows.map((row) => row[at]));
    const result = await tx.executeQuery<{ inserted: number; changed: number }>(
      CompiledQuery.raw(statement, columns),
    );
    const { inserted, changed } = result.rows[0]!;
    return { inserted, updated: changed - inserted, skipped: rows.length - changed };
  };
}

function statementFor(table: string, how: Upsert, types: Map<string, string>): string {
  const { columns, key, update, updateIfGiven = [] } = how;
  const arrays = columns.map((column, at) => `$${at + 1}::${types.get(column)}[]`);
  const given = (column: string) => `coalesce(excluded."${column}", "${table}"."${column}")`;
  const set = [
    ...update.map((column) => `"${column}" = excluded."${column}"`),
    ...updateIfGiven.map((column) => `"${column}" = ${given(column)}`),
  ].join(", ");
  return `with written as (
      insert into "${table}" (${quoted(columns)}) select * from unnest(${arrays.join(", ")})
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
