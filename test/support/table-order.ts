import { sql } from "kysely";
import type { Backend } from "../../server/backend/backend.ts";
import { localTables } from "../../server/backend/table-transfer.ts";

export interface SqliteColumn {
  name: string;
  /** In lower case. */
  type: string;
  notnull: 0 | 1;
  /** Its place in the primary key, from 1; 0 for other columns. */
  pk: number;
}

export interface SqliteTable {
  name: string;
  columns: SqliteColumn[];
  /** The tables that it refers to, by its columns. */
  references: Map<string, { table: string; column: string }>;
}

/** The tables of a SQLite database, each behind those that it refers to. */
export async function sqliteTables({ db }: Backend): Promise<SqliteTable[]> {
  const { rows: names } = await sql<{ name: string }>`
    select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'
    order by name`.execute(db);
  const tables = new Map<string, SqliteTable>();
  for (const { name } of names) {
    if (localTables.includes(name)) continue;
    const columns = await sql<SqliteColumn>`select * from pragma_table_info(${name})`.execute(db);
    const keys = await sql<{ table: string; from: string; to: string }>`
      select * from pragma_foreign_key_list(${name})`.execute(db);
    const references = new Map(
      keys.rows.map(({ table, from, to }) => [from, { table, column: to }]),
    );
    tables.set(name, {
      name,
      columns: columns.rows.map((column) => ({ ...column, type: column.type.toLowerCase() })),
      references,
    });
  }
  const ordered = new Set<SqliteTable>();
  function add(table: SqliteTable): void {
    if (ordered.has(table)) return;
    for (const { table: parent } of table.references.values()) add(tables.get(parent)!);
    ordered.add(table);
  }
  for (const table of tables.values()) add(table);
  return [...ordered];
}
