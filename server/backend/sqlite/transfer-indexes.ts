/**
 * Drops the indexes of tables before many rows are written, and builds them afterwards: several times
 * faster than to keep them current. A table keeps their statements until then.
 */
import type Database from "better-sqlite3";

/** @param tables the names of those whose indexes go, but for those of constraints */
export function dropIndexes(file: Database.Database, tables: readonly string[]): void {
  file.exec(
    "create table if not exists transfer_indexes (name text primary key, statement text not null)",
  );
  // Indexes of constraints have no statement, and cannot be dropped.
  const indexes = file
    .prepare(
      "select name, tbl_name, sql from sqlite_schema where type = 'index' and sql is not null",
    )
    .raw()
    .all() as [string, string, string][];
  const save = file.prepare("insert into transfer_indexes (name, statement) values (?, ?)");
  for (const [name, table, statement] of indexes) {
    if (!tables.includes(table)) continue;
    save.run(name, statement);
    file.exec(`drop index "${name}"`);
  }
}

/** Builds what `dropIndexes` has dropped, also in a process that was killed since. */
export function buildIndexes(file: Database.Database): void {
  const exists = file.prepare("select 1 from sqlite_schema where name = 'transfer_indexes'").get();
  if (!exists) return;
  const statements = file.prepare("select statement from transfer_indexes").pluck().all();
  for (const statement of statements as string[]) file.exec(statement);
  file.exec("drop table transfer_indexes");
}
