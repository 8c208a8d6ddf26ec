import type pg from "pg";
import { type ColumnType, localTables, type TableShape } from "../table-transfer.ts";

const columnTypes: Record<string, ColumnType> = {
  text: "text",
  integer: "integer",
  bigint: "integer",
  "double precision": "real",
  bytea: "blob",
  boolean: "boolean",
  "timestamp with time zone": "time",
};

/** @throws for a column of a type that SQLite has no counterpart for, and a table without a key */
export async function describeTables(client: pg.Client): Promise<TableShape[]> {
  const { rows: columns } = await client.query<{
    table: string;
    name: string;
    type: string;
    is_identity: boolean;
  }>(`select relname as table, attname as name, format_type(atttypid, atttypmod) as type,
      attidentity <> '' as is_identity
    from pg_class join pg_attribute on attrelid = pg_class.oid
    where relkind = 'r' and relnamespace = current_schema()::regnamespace
      and attnum > 0 and not attisdropped
    order by relname, attnum`);
  const { rows: keys } = await client.query<{ table: string; column: string }>(`
    select conrelid::regclass::text as table, attname as column
    from pg_constraint cross join unnest(conkey) with ordinality as part(number, place)
    join pg_attribute on attrelid = conrelid and attnum = part.number
    where contype = 'p' and connamespace = current_schema()::regnamespace
    order by conrelid, place`);
  const { rows: references } = await client.query<{ from: string; to: string }>(`
    select conrelid::regclass::text as from, confrelid::regclass::text as to from pg_constraint
    where contype = 'f' and connamespace = current_schema()::regnamespace`);

  const names = [...new Set(columns.map(({ table }) => table))];
  const shapes = names
    .filter((name) => !localTables.includes(name))
    .map((name) => {
      const own = columns.filter(({ table }) => table === name);
      const key = keys.flatMap(({ table, column }) => (table === name ? [column] : []));
      if (key.length === 0) throw new Error(`Table ${name} has no primary key`);
      return {
        name,
        key,
        identity: own.find(({ is_identity }) => is_identity)?.name ?? null,
        columns: own.map(({ name: column, type }) => {
          const known = columnTypes[type];
          if (!known) throw new Error(`Column ${name}.${column} has the unknown type ${type}`);
          return { name: column, type: known };
        }),
      };
    });
  return inOrderOfReferences(shapes, references);
}

/** Each table behind those that its foreign keys lead to. */
function inOrderOfReferences(
  shapes: TableShape[],
  references: readonly { from: string; to: string }[],
): TableShape[] {
  const ordered = new Set<TableShape>();
  function add(shape: TableShape): void {
    if (ordered.has(shape)) return;
    for (const { from, to } of references) {
      const target = from === shape.name && to !== from && shapes.find(({ name }) => name === to);
      if (target) add(target);
    }
    ordered.add(shape);
  }
  for (const shape of shapes) add(shape);
  return [...ordered];
}
