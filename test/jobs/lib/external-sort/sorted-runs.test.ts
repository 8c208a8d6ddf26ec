import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunPosition, RunRow } from "../../../../jobs/lib/external-sort/run-row.ts";
import { mergeRuns } from "../../../../jobs/lib/external-sort/sorted-runs.ts";
import { collect, memoryScratch } from "../../../support/memory-files.ts";
import { writeRun } from "./write-run.ts";

type Row = [key: string, order: number, value: string | null];

/** Distributes the rows over some runs and reads them merged. */
async function sorted(
  rows: Row[],
  runs: number,
  how: { from?: RunPosition; size?: number; chunk?: number } = {},
) {
  const scratch = memoryScratch(how.chunk);
  const names = Array.from({ length: runs }, (_, run) => `run-${run}`);
  for (const [run, name] of names.entries())
    await writeRun(
      scratch,
      name,
      rows.filter((_, at) => at % runs === run).map((row) => [...row] as Row),
    );
  const batches = await collect(mergeRuns<Readonly<Row>>(scratch, names, how));
  return { batches, rows: batches.flat() };
}

/** Sorts the rows in the order of a database index. */
function bySqlite(rows: Row[]): RunRow[] {
  const db = new DatabaseSync(":memory:");
  db.exec("create table t (key text, number int, value text)");
  const insert = db.prepare("insert into t values (?, ?, ?)");
  for (const row of rows) insert.run(...row);
  const found = db.prepare("select key, number, value from t order by key, number").all();
  db.close();
  return found.map((row) => Object.values(row) as Row);
}

const unit = fc.constantFrom(
  "a",
  "b",
  "@",
  "ü",
  "\ue000",
  "\uffff",
  "\u{10000}",
  "\u{1f600}",
  '"',
  "\n",
  "\\",
);
const key = fc.string({ unit, maxLength: 4 });
const value = fc.option(fc.string({ unit, maxLength: 4 }));
const table = fc
  .array(fc.tuple(key, value), { maxLength: 300 })
  .map((cells) => cells.map(([k, v], at): Row => [k, at + 1, v]));

test("mergeRuns yields the rows in the order of the database from any position", async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.integer({ min: 1, max: 9 }),
      fc.nat(),
      fc.integer({ min: 1, max: 500 }),
      async (rows, runs, place, chunk) => {
        const expected = bySqlite(rows);
        expect((await sorted(rows, runs, { chunk })).rows).toEqual(expected);
        if (rows.length === 0) return;
        const at = place % rows.length;
        const [k, order] = expected[at]!;
        expect((await sorted(rows, runs, { chunk, from: { key: k, order } })).rows).toEqual(
          expected.slice(at + 1),
        );
      },
    ),
    { numRuns: 150 },
  );
});

describe("batches", () => {
  const rows = Array.from(
    { length: 2500 },
    (_, at): Row => [`user${(at * 7919) % 2500}@example.com`, at, null],
  );

  test("mergeRuns yields batches of the requested size and a smaller last one", async () => {
    const { batches } = await sorted(rows, 7);
    expect(batches.map((batch) => batch.length)).toEqual([1000, 1000, 500]);
    expect((await sorted(rows, 1, { size: 1250 })).batches.map((batch) => batch.length)).toEqual([
      1250, 1250,
    ]);
  });

  test("mergeRuns merges five hundred runs", async () => {
    expect((await sorted(rows, 500)).rows).toEqual(bySqlite(rows));
  });

  test("mergeRuns sorts equal keys by their number across runs", async () => {
    const same = Array.from({ length: 300 }, (_, at): Row => ["a@b.de", 300 - at, String(at)]);
    expect((await sorted(same, 4)).rows.map(([, order]) => order)).toEqual(
      same.map((_, at) => at + 1),
    );
  });
});

test("mergeRuns yields nothing for no runs and for empty runs", async () => {
  expect((await sorted([], 0)).rows).toEqual([]);
  expect((await sorted([], 3)).rows).toEqual([]);
});

test("mergeRuns closes its files when the reader stops early", async () => {
  const scratch = memoryScratch();
  let open = 0;
  const watched = {
    ...scratch,
    async *read(name: string) {
      open++;
      try {
        yield* scratch.read(name);
      } finally {
        open--;
      }
    },
  };
  for (const name of ["a", "b"])
    await writeRun(
      watched,
      name,
      Array.from({ length: 100 }, (_, at): Row => [`${name}${at}`, at, null]),
    );
  for await (const batch of mergeRuns(watched, ["a", "b"], { size: 10 })) {
    expect(batch).toHaveLength(10);
    expect(open).toBe(2);
    break;
  }
  expect(open).toBe(0);
});
