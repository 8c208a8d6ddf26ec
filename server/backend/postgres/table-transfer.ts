import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import {
  type Cell,
  type ColumnType,
  localTables,
  type TableShape,
  type TableTransfer,
} from "../table-transfer.ts";
import { copyLine } from "./copy-line.ts";
import { connectionConfig } from "./pool.ts";

const columnTypes: Record<string, ColumnType> = {
  text: "text",
  integer: "integer",
  bigint: "integer",
  "double precision": "real",
  bytea: "blob",
  boolean: "boolean",
  "timestamp with time zone": "time",
};

/** @param directUrl straight to the server, because a snapshot needs a session of its own */
export async function openTableTransfer(directUrl: string): Promise<TableTransfer> {
  const reader = new pg.Client(connectionConfig(directUrl));
  const writer = new pg.Client(connectionConfig(directUrl));
  for (const client of [reader, writer]) {
    client.on("error", () => {});
    await client.connect();
  }
  // A crash of the server may lose the last pieces, together with their bookmarks, so that the move goes
  // on before them. The next commit of another connection, such as the comparison's, makes them last.
  await writer.query("set synchronous_commit = off");

  return {
    describe: () => describeTables(reader),
    async freeze() {
      await reader.query("begin isolation level repeatable read read only");
      await reader.query("select 1");
    },
    async read(table, after, limit) {
      const names = quoted(table.columns.map(({ name }) => name));
      const key = quoted(table.key);
      const where = after
        ? `where (${key}) > (${table.key.map((_, at) => `$${at + 2}`).join(", ")})`
        : "";
      const { rows } = await reader.query<unknown[]>({
        text: `select ${names} from "${table.name}" ${where} order by ${key} limit $1`,
        values: [limit, ...(after ?? [])],
        rowMode: "array",
      });
      return rows.map((row) => row.map(toCell));
    },
    async insert(table, rows, progress) {
      const names = quoted(table.columns.map(({ name }) => name));
      const lines = rows.map(copyLine).join("");
      await inTransaction(writer, async () => {
        const copy = writer.query(copyFrom(`copy "${table.name}" (${names}) from stdin`));
        await pipeline([Buffer.from(lines)], copy);
        await writer.query("update transfers set progress = $1 where direction = 'in'", [progress]);
      });
    },
    async sum(table) {
      const { rows } = await reader.query<{ rows: number; sum: string }>(sumStatement(table));
      return { rows: rows[0]!.rows, sum: BigInt(rows[0]!.sum) };
    },
    findUnportable: async () => [],
    async empty(tables) {
      const names = tables.map(({ name }) => name);
      await inTransaction(writer, async () => {
        await writer.query(`truncate ${quoted(names)} restart identity`);
        await dropIndexes(writer, names);
      });
    },
    async finish(tables) {
      await inTransaction(writer, () => buildIndexes(writer));
      for (const { name, identity } of tables) {
        if (!identity) continue;
        await writer.query(`select setval(pg_get_serial_sequence('"${name}"', '${identity}'),
          greatest(max("${identity}"), 1), max("${identity}") is not null) from "${name}"`);
      }
      await writer.query("analyze");
    },
    async close() {
      await Promise.all([reader, writer].map((client) => client.end().catch(() => {})));
    },
  };
}

async function inTransaction(client: pg.Client, work: () => Promise<unknown>): Promise<void> {
  await client.query("begin");
  try {
    await work();
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

/** Keeps their statements in a table, from which a later process builds them if this one is killed. */
async function dropIndexes(client: pg.Client, tables: readonly string[]): Promise<void> {
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

async function buildIndexes(client: pg.Client): Promise<void> {
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

/** @throws for a column of a type that SQLite has no counterpart for, and a table without a key */
async function describeTables(client: pg.Client): Promise<TableShape[]> {
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

function toCell(value: unknown): Cell {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "boolean") return Number(value);
  return value as Cell;
}

/** The sum that `row-sum.ts` computes. */
function sumStatement({ name, columns }: TableShape): string {
  const text = columns
    .map((column) => {
      const value = valueText(`"${column.name}"`, column.type);
      return `coalesce(octet_length(${value}) || ':' || ${value}, '-')`;
    })
    .join(" || ");
  return `select count(*)::int8 as rows,
    coalesce(sum(('x' || substr(md5(${text}), 1, 15))::bit(60)::bigint), 0)::text as sum
    from "${name}"`;
}

function valueText(column: string, type: ColumnType): string {
  switch (type) {
    case "text":
      return column;
    case "integer":
      return `${column}::text`;
    case "real":
      return `encode(float8send(${column}), 'hex')`;
    case "blob":
      return `encode(${column}, 'hex')`;
    case "boolean":
      return `${column}::int::text`;
    case "time":
      return `round(extract(epoch from ${column}) * 1000)::bigint::text`;
  }
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
