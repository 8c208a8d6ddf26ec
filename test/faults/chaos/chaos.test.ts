import { expect, test } from "vitest";
import { chaos } from "./chaos.ts";

test("half a minute of faults loses nothing and does nothing twice", {
  timeout: 420_000,
}, async ({ annotate }) => {
  // The seed is in the report of the run, to have the same faults again: npm run chaos -- --seed …
  const seed = Date.now() % 1_000_000;
  const told: string[] = [];
  const report = await chaos({ seed, seconds: 30, tell: (line) => told.push(line) });
  await annotate(`seed ${seed}: ${report.jobs} jobs, ${told.join(", ")}`);
  expect(report.violations).toEqual([]);
  expect(report).toMatchObject({ lost: 0, doubled: 0 });
  expect(report.jobs).toBeGreaterThan(30);
  expect(Object.values(report.faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5);
});
