/** Holds migrations to what an earlier version can work with beside the newer one. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { breakingEnd } from "../../server/backend/migrate.ts";
import { openBackend } from "../../server/backend/open.ts";
import { backends } from "../support/backends.ts";

const folder = join(import.meta.dirname, "../../migrations");
/** The last migration of the first release. */
const firstRelease = "009_file_items";

/** Lists the columns, and the limits on rows, that earlier versions rely on. */
async function readRules({
  name,
  db,
}: Backend): Promise<{ column: Set<string>; nullable: Set<string>; limit: Set<string> }> {
  const tables = await db.introspection.getTables();
  const columns = tables.flatMap(({ name: table, columns }) =>
    columns.map((column) => ({ table, ...column })),
  );
  const { rows: unique } = await (name === "sqlite"
    ? sql<{ rule: string }>`select tables.name || ': ' || coalesce(indexes.sql, list.name) as rule
          from sqlite_schema as tables join pragma_index_list(tables.name) as list
          left join sqlite_schema as indexes on indexes.name = list.name
          where tables.type = 'table' and list."unique"`
    : sql<{ rule: string }>`select indrelid::regclass || ': ' || pg_get_indexdef(indexrelid) as rule
          from pg_index join pg_class on pg_class.oid = indrelid
          where indisunique and relnamespace = current_schema()::regnamespace
          union all
          select conrelid::regclass || ': ' || pg_get_constraintdef(oid) from pg_constraint
          where contype in ('c', 'f') and connamespace = current_schema()::regnamespace`
  ).execute(db);
  const required = columns.filter(
    ({ isNullable, hasDefaultValue, isAutoIncrementing }) =>
      !isNullable && !hasDefaultValue && !isAutoIncrementing,
  );
  return {
    column: new Set(columns.map(({ table, name, dataType }) => `${table}: ${name} ${dataType}`)),
    nullable: new Set(
      columns
        .filter(({ isNullable, hasDefaultValue }) => isNullable && !hasDefaultValue)
        .map(({ table, name }) => `${table}: ${name}`),
    ),
    limit: new Set([
      ...unique.map(({ rule }) => rule),
      ...required.map(({ table, name }) => `${table}: ${name} is required`),
    ]),
  };
}

/** Unique indexes take the nulls that rows of earlier versions have in a new column as different. */
function isUniqueByNewColumn(rule: string, newColumns: readonly string[]): boolean {
  return newColumns.some((column) => {
    const [table, name] = column.split(": ");
    return (
      rule.startsWith(`${table}: `) && new RegExp(`unique.*\\(.*\\b${name}\\b`, "i").test(rule)
    );
  });
}

describe.each(backends)("the migrations on $name", (which) => {
  test("a migration that is not named as breaking leaves earlier versions all that they rely on", async () => {
    const { url, remove } = await which.create();
    const backend = await openBackend(url);
    onTestFinished(async () => {
      await backend.close();
      await remove();
    });
    await backend.migrate({ last: firstRelease });
    const names = readdirSync(folder).map((name) => name.replace(".ts", ""));
    for (const last of names.filter((name) => name > firstRelease).sort()) {
      const before = await readRules(backend);
      await backend.migrate({ last });
      if (last.endsWith(breakingEnd)) continue;
      const after = await readRules(backend);
      const tables = new Set([...before.column].map((line) => line.split(":")[0]));
      const isKnown = (line: string) => tables.has(line.split(":")[0]);
      expect(
        [...before.column].filter((line) => !after.column.has(line)),
        last,
      ).toEqual([]);
      const newColumns = [...after.nullable].filter((column) => !before.nullable.has(column));
      const added = [...after.limit].filter(
        (line) =>
          isKnown(line) && !before.limit.has(line) && !isUniqueByNewColumn(line, newColumns),
      );
      expect(added, last).toEqual([]);
    }
  });
});
