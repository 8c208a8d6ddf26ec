import { setImmediate as nextTurn } from "node:timers/promises";
import type Database from "better-sqlite3";
import { createRowSum } from "../row-sum.ts";
import type { Cell, ColumnType, TableShape, TableTransfer } from "../table-transfer.ts";
import { openFile } from "./open-file.ts";
import { buildIndexes, dropIndexes } from "./transfer-indexes.ts";

/** Lines about values that Postgres cannot store, per table. */
const maxFindings = 5;
/** After so many rows the event loop gets a turn, in which the other database takes what was read. */
const rowsPerTurn = 500;
const writerCacheKilobytes = 128_000;
/** Integers beyond it arrive as other numbers. */
const maxInteger = Number.MAX_SAFE_INTEGER;

export function openTableTransfer(path: string): TableTransfer {
  const file = openFile(path, "normal");
  /** A second one, so that writes are possible beside a frozen read. */
  const writer = openFile(path, "normal");
  // The other database has checked the keys, and the comparison finds any difference.
  writer.pragma("foreign_keys = off");
  writer.pragma(`cache_size = -${writerCacheKilobytes}`);
  const saveProgress = (progress: string) =>
    writer.prepare("update transfers set progress = ? where direction = 'in'").run(progress);

  function select({ name, columns }: TableShape, more = ""): string {
    return `select ${quoted(columns.map((column) => column.name))} from "${name}" ${more}`;
  }

  return {
    describe: async () => undefined,
    async freeze() {
      file.exec("begin");
      file.prepare("select count(*) from sqlite_schema").get();
    },
    async read(table, after, limit) {
      const where = after
        ? `where (${quoted(table.key)}) > (${table.key.map(() => "?").join(", ")})`
        : "";
      const more = `${where} order by ${quoted(table.key)} limit ?`;
      const statement = file.prepare(select(table, more)).raw();
      const rows: Cell[][] = [];
      for (const row of statement.iterate(...(after ?? []), limit)) {
        rows.push(row as Cell[]);
        if (rows.length % rowsPerTurn === 0) await nextTurn();
      }
      return rows;
    },
    async insert({ name, columns }, rows, progress) {
      const places = columns.map(() => "?").join(", ");
      const statement = writer.prepare(
        `insert into "${name}" (${quoted(columns.map((column) => column.name))}) values (${places})`,
      );
      writer.transaction(() => {
        for (const row of rows) statement.run(row);
        saveProgress(progress);
      })();
    },
    async sum(table) {
      // The other database begins to compute its sum.
      await nextTurn();
      const sum = createRowSum(table);
      const rows = file.prepare(select(table)).raw().iterate();
      for (const row of rows) sum.add(row as Cell[]);
      return sum.result();
    },
    findUnportable: async (table) => findUnportable(file, table),
    async empty(tables) {
      const names = tables.map(({ name }) => name);
      writer.transaction(() => {
        for (const name of names.toReversed()) writer.exec(`delete from "${name}"`);
        dropIndexes(writer, names);
      })();
    },
    // SQLite numbers new rows after the highest one.
    async finish() {
      writer.transaction(() => buildIndexes(writer))();
      writer.exec("analyze");
    },
    async close() {
      if (file.inTransaction) file.exec("rollback");
      file.close();
      writer.close();
    },
  };
}

/**
 * SQLite stores any value in any column, and text with null characters, which Postgres refuses. A
 * piece that holds one would fail as a whole and name no row.
 */
function findUnportable(file: Database.Database, { name, columns, key }: TableShape): string[] {
  const problem = columns
    .map(({ name: column, type }) => `when ${isUnportable(`"${column}"`, type)} then '${column}'`)
    .join(" ");
  const rows = file
    .prepare(
      `select * from (select case ${problem} end as problem, ${quoted(key)} from "${name}")
        where problem is not null limit ${maxFindings}`,
    )
    .raw()
    .all() as [string, ...Cell[]][];
  return rows.map(
    ([column, ...found]) =>
      `${name}.${column} of ${key.map((part, at) => `${part} ${JSON.stringify(found[at])}`).join(", ")}`,
  );
}

function isUnportable(column: string, type: ColumnType): string {
  switch (type) {
    case "text":
      return `typeof(${column}) not in ('text', 'null') or instr(${column}, char(0)) > 0`;
    case "integer":
    case "boolean":
      return `typeof(${column}) not in ('integer', 'null') or abs(${column}) > ${maxInteger}`;
    case "real":
      return `typeof(${column}) not in ('real', 'integer', 'null')`;
    case "blob":
      return `typeof(${column}) not in ('blob', 'null')`;
    case "time":
      return `${column} is not null and julianday(${column}) is null`;
  }
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
