import type Database from "better-sqlite3";
import type { Upsert, Upserted } from "../../job.ts";

/** Ten rows a statement save an eighth of the time of single rows; more gain nothing. */
const rowsPerStatement = 10;

/**
 * Runs prepared statements of a few rows, in the transaction that is open on the file.
 *
 * SQLite numbers new rows from the highest row id on, so within one transaction the growth of the
 * highest row id is the number of inserted rows.
 */
export function upsert(
  file: Database.Database,
  table: string,
  rows: readonly unknown[][],
  how: Upsert,
): Upserted {
  const before = maxRowId(file, table);
  let changes = 0;
  let at = 0;
  for (const count of [rowsPerStatement, 1]) {
    if (rows.length - at < count) continue;
    const statement = file.prepare(statementFor(table, how, count));
    for (; at + count <= rows.length; at += count)
      changes += statement.run(rows.slice(at, at + count).flat()).changes;
  }
  const inserted = maxRowId(file, table) - before;
  return {
    inserted,
    updated: changes - inserted,
    skipped: rows.length - changes,
    ...(how.returnIds && {
      insertedIds: Array.from({ length: inserted }, (_, at) => before + 1 + at),
    }),
  };
}

function statementFor(
  table: string,
  { columns, key, update, updateIfGiven = [] }: Upsert,
  count: number,
): string {
  const set = [
    ...update.map((column) => `"${column}" = excluded."${column}"`),
    ...updateIfGiven.map((column) => `"${column}" = coalesce(excluded."${column}", "${column}")`),
  ].join(", ");
  const row = `(${columns.map(() => "?").join(", ")})`;
  return `insert into "${table}" (${quoted(columns)})
    values ${Array(count).fill(row).join(", ")}
    on conflict (${quoted(key)}) do ${set ? `update set ${set}` : "nothing"}`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

function maxRowId(file: Database.Database, table: string): number {
  const row = file.prepare(`select max(rowid) from "${table}"`).pluck().get();
  return (row as number | null) ?? 0;
}
