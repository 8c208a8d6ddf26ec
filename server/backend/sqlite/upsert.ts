import type Database from "better-sqlite3";
import type { Upsert, Upserted } from "../../job.ts";

/**
 * Runs one prepared statement per row, in the transaction that is open on the file.
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
  const statement = file.prepare(statementFor(table, how));
  const before = maxRowId(file, table);
  let changes = 0;
  for (const row of rows) changes += statement.run(row).changes;
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

function statementFor(table: string, { columns, key, update, updateIfGiven = [] }: Upsert): string {
  const set = [
    ...update.map((column) => `"${column}" = excluded."${column}"`),
    ...updateIfGiven.map((column) => `"${column}" = coalesce(excluded."${column}", "${column}")`),
  ].join(", ");
  return `insert into "${table}" (${quoted(columns)})
    values (${columns.map(() => "?").join(", ")})
    on conflict (${quoted(key)}) do ${set ? `update set ${set}` : "nothing"}`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

function maxRowId(file: Database.Database, table: string): number {
  const row = file.prepare(`select max(rowid) from "${table}"`).pluck().get();
  return (row as number | null) ?? 0;
}
