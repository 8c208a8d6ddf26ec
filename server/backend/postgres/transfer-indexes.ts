/**
 * Drops the indexes of tables before many rows are written, and builds them afterwards: several times
 * faster than to keep them current. A table keeps their statements until then.
 */
import type pg from "pg";

/** @param tables the names of those whose indexes go, but for primary keys */
export async function dropIndexes(client: pg.Client, tables: readonly string[]): Promise<void> {
  await client.query(`create table if not exists transfer_indexes
    (name text primary key, statement text not null)`);
  const { rows } = await client.query<{ name: string; build: string; drop: string }>(
    `select relname as name, case when pg_constraint.oid is null then pg_get_indexdef(indexrelid)
        else format('alter table %s add constraint %I %s',
          indrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid)) end as build,
      case when pg_constraint.oid is null then format('drop index %I', relname)
        else format('alter table %s drop constraint %I', indrelid::regclass, conname) end as drop
    from pg_index join pg_class on pg_class.oid = indexrelid
      left join pg_constraint on conindid = indexrelid and conrelid = indrelid
    where not indisprimary
      and indrelid = any (select format('%I', name)::regclass from unnest($1::text[]) as name)`,
    [tables],
  );
  for (const { name, build, drop } of rows) {
    await client.query("insert into transfer_indexes (name, statement) values ($1, $2)", [
      name,
      build,
    ]);
    await client.query(drop);
  }
}

/** Builds what `dropIndexes` has dropped, also in a process that was killed since. */
export async function buildIndexes(client: pg.Client): Promise<void> {
  const { rows: found } = await client.query<{ table: string | null }>(
    "select to_regclass('transfer_indexes') as table",
  );
  if (found[0]!.table === null) return;
  const { rows } = await client.query<{ statement: string }>(
    "select statement from transfer_indexes",
  );
  for (const { statement } of rows) await client.query(statement);
  await client.query("drop table transfer_indexes");
}
