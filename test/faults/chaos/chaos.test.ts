import { expect, test } from "vitest";
import { runChaos } from "./chaos.ts";

test.for(["postgres", "sqlite"] as const)(
  "half a minute of faults on %s loses no job, runs none twice and fails none",
  {
    timeout: 420_000,
  },
  async (backend, { annotate }) => {
    // The report shows the seed, which repeats the same faults: npm run chaos -- --seed …
    const seed = Date.now() % 1_000_000;
    const lines: string[] = [];
    const report = await runChaos({
      ...{ backend, seed, seconds: 30 },
      report: (line) => lines.push(line),
    });
    await annotate(`seed ${seed}: ${report.jobs} jobs, ${lines.join(", ")}`);
    expect(report.violations).toEqual([]);
    expect(report).toMatchObject({ lost: 0, doubled: 0, innocentFailed: 0 });
    expect(report.jobs).toBeGreaterThan(30);
    // A process that a busy machine starts slowly leaves time for no other fault.
    expect(Object.values(report.faults).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
  },
);
