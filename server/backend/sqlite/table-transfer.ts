import { setImmediate as nextTurn } from "node:timers/promises";
import type Database from "better-sqlite3";
import { createRowSum } from "../row-sum.ts";
import type { Cell, ColumnType, TableShape, TableTransfer } from "../table-transfer.ts";
import { openFile } from "./open-file.ts";

/** Lines about values that Postgres cannot store, per table. */
const maxFindings = 5;
/** Integers beyond it arrive as other numbers. */
const maxInteger = Number.MAX_SAFE_INTEGER;

export function openTableTransfer(path: string): TableTransfer {
  const file = openFile(path, "normal");
  /** A second one, so that writes are possible beside a frozen read. */
  const writer = openFile(path, "normal");
  const saveProgress = (progress: string) =>
    writer.prepare("update transfers set progress = ? where direction = 'in'").run(progress);

  function select({ name, columns, key }: TableShape, where: string, more = ""): string {
    return `select ${quoted(columns.map((column) => column.name))} from "${name}" ${where}
      order by ${quoted(key)} ${more}`;
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
      const statement = file.prepare(select(table, where, "limit ?")).raw();
      return statement.all(...(after ?? []), limit) as Cell[][];
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
      const rows = file.prepare(select(table, "")).raw().iterate();
      for (const row of rows) sum.add(row as Cell[]);
      return sum.result();
    },
    findUnportable: async (table) => findUnportable(file, table),
    async empty(tables) {
      writer.transaction(() => {
        for (const { name } of tables.toReversed()) writer.exec(`delete from "${name}"`);
      })();
    },
    // SQLite numbers new rows after the highest one.
    finish: async () => void writer.exec("analyze"),
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
