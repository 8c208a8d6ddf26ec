import { CompiledQuery, sql, type Transaction } from "kysely";
import type { Upsert, Upserted } from "../../job.ts";
import type { Schema } from "../schema.ts";
import { sharedColumns } from "../shared-columns.ts";

type RunUpsert = (
  tx: Transaction<Schema>,
  table: string,
  rows: readonly unknown[][],
  how: Upsert,
) => Promise<Upserted>;

/**
 * One statement with an array per column. The same key may appear only once, so merge rows that
 * repeat it beforehand. `xmax = 0` distinguishes inserted rows from updated ones.
 *
 * Copying the rows into a temporary table first is no faster, because nearly all of the time goes
 * into `on conflict`, row by row. Sending shared values once is.
 */
export function createUpsert(): RunUpsert {
  const statements = new Map<string, string>();

  return async (tx, table, rows, how) => {
    if (rows.length === 0) return { inserted: 0, updated: 0, skipped: 0 };
    const isShared = sharedColumns(rows, how.columns);
    const key = JSON.stringify([table, how, isShared]);
    const statement =
      statements.get(key) ?? statementFor(table, how, isShared, await columnTypes(tx, table));
    statements.set(key, statement);
    const values = isShared.map((one, at) => (one ? rows[0]![at] : rows.map((row) => row[at])));
    const result = await tx.executeQuery<{ inserted: number; changed: number }>(
      CompiledQuery.raw(statement, values),
    );
    const { inserted, changed } = result.rows[0]!;
    return { inserted, updated: changed - inserted, skipped: rows.length - changed };
  };
}

function statementFor(
  table: string,
  { columns, key, update, updateIfGiven = [] }: Upsert,
  isShared: readonly boolean[],
  types: Map<string, string>,
): string {
  const value = (column: string, at: number) =>
    isShared[at] ? `$${at + 1}::${types.get(column)}` : `given."${column}"`;
  const arrays = columns.map((column, at) => `$${at + 1}::${types.get(column)}[]`);
  const notShared = <T>(all: readonly T[]) => all.filter((_, at) => !isShared[at]);
  const given = `unnest(${notShared(arrays).join(", ")}) as given(${quoted(notShared(columns))})`;
  const coalesced = (column: string) => `coalesce(excluded."${column}", "${table}"."${column}")`;
  const set = [
    ...update.map((column) => `"${column}" = excluded."${column}"`),
    ...updateIfGiven.map((column) => `"${column}" = ${coalesced(column)}`),
  ].join(", ");
  return `with written as (
      insert into "${table}" (${quoted(columns)})
      select ${columns.map(value).join(", ")} ${isShared.includes(false) ? `from ${given}` : ""}
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
