/**
 * `npm run mutate` makes one small fault at a time in the code, and runs the quick tests to see whether
 * they notice. `npm run mutate -- server/live jobs/lib/csv` does so in these folders or files alone,
 * and `--tests test/live` with these tests alone. `--sample 10` takes a tenth of the files, `--seed 2`
 * another tenth. A second run tests only what has changed since.
 */
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { createRandom } from "../support/random.ts";
import { formatReport } from "./report.ts";

const folders = [
  "server/engine",
  "server/live",
  "server/accounts",
  "server/storage",
  "server/routes",
  "jobs/lib",
];
/** Percent. */
const minCaught = 90;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    tests: { type: "string", default: "test" },
    sample: { type: "string", default: "100" },
    seed: { type: "string", default: "1" },
  },
});
const given = positionals.map((path) => path.replace(/\/$/, ""));
const targets = given.length > 0 ? given : folders;
const files = takeSample(
  targets.flatMap((path) => (path.endsWith(".ts") ? path : globSync(`${path}/**/*.ts`))),
  Number(values.sample),
);
// Stryker starts Vitest in processes of its own, which inherit the environment.
process.env.MUTATION_TESTS = values.tests;

const results = await new Stryker({
  mutate: files,
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "test/mutation/vitest.config.ts" },
  coverageAnalysis: "perTest",
  // These are evaluated once for all tests, so that each would need a run of all of them.
  ignoreStatic: true,
  concurrency: Math.max(1, Math.floor(availableParallelism() / 2)),
  incremental: true,
  incrementalFile: "test-results/mutation/incremental.json",
  tempDirName: "test-results/mutation/sandbox",
  ignorePatterns: ["/bench", "/screenshots", "/storage", "/test-results"],
  reporters: ["progress", "html"],
  htmlReporter: { fileName: "test-results/mutation/report.html" },
  // No such file: Stryker rewrites it with the API of an older TypeScript, and nothing is compiled.
  tsconfigFile: "none",
  timeoutMS: 20_000,
  dryRunTimeoutMinutes: 30,
}).runMutationTest();

const { text, caught } = formatReport(results);
process.stdout.write(`\n${text}\n`);
if (caught < minCaught) process.exitCode = 1;

/** @param percent of the files that stay, chosen by the seed */
function takeSample(files: readonly string[], percent: number): string[] {
  const random = createRandom(Number(values.seed));
  const shuffled = files.toSorted().map((path) => ({ path, place: random.next() }));
  shuffled.sort((a, b) => a.place - b.place);
  return shuffled.slice(0, Math.ceil((files.length * percent) / 100)).map(({ path }) => path);
}
