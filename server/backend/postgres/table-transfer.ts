import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Cell, ColumnType, TableShape, TableTransfer } from "../table-transfer.ts";
import { copyLine } from "./copy-line.ts";
import { describeTables } from "./describe-tables.ts";
import { connectionConfig } from "./pool.ts";
import { buildIndexes, dropIndexes } from "./transfer-indexes.ts";

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
