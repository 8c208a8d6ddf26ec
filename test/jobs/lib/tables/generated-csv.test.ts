import { expect, test } from "vitest";
import { generateCsv } from "../../../../jobs/lib/tables/generated-csv.ts";
import type { RowBatch } from "../../../../jobs/lib/tables/table.ts";
import { collect } from "../../../support/memory-files.ts";

const batches = 50;

/** Rows whose text grows, so that bytes of text say little about the share of the table. */
async function* rows(): AsyncGenerator<RowBatch> {
  for (let at = 0; at < batches; at++) {
    const cells = ["x".repeat(at * 300)];
    const batch = Array.from({ length: 10 }, (_, row) => ({ number: at * 10 + row + 1, cells }));
    yield { rows: batch, share: (at + 1) / batches };
  }
}

test("the progress of a generated text follows the share of the table", async () => {
  const source = generateCsv({ name: "people.xlsx", size: 5_000 }, rows);
  expect(source.progressAt!(0)).toBe(0);
  const seen: number[] = [];
  let bytes = 0;
  for await (const chunk of source.read()) {
    bytes += chunk.length;
    seen.push(source.progressAt!(bytes));
  }
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(seen.at(-1)).toBe(5_000);
  // Half of the table has been read when a quarter of its text was given.
  const middle = seen.findIndex((done) => done >= 2_500);
  expect(middle / seen.length).toBeLessThan(0.4);
});

test("rows that are missing are blank lines", async () => {
  const source = generateCsv({ name: "people.xlsx", size: 1 }, async function* () {
    yield { rows: [{ number: 2, cells: ["a", "b,c"] }], share: 0.5 };
    yield { rows: [{ number: 5, cells: ["=d"] }], share: 1 };
  });
  const text = Buffer.concat(await collect(source.read())).toString();
  expect(text).toBe('\r\na,"b,c"\r\n\r\n\r\n=d\r\n');
});
