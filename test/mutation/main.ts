/**
 * `npm run mutate` makes one small fault at a time in the code, and runs the quick tests to see whether
 * they notice. `npm run mutate -- server/live jobs/lib/csv` does so in these folders or files alone,
 * and `--tests test/live` with these tests alone. A second run tests only what has changed since.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
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
  options: { tests: { type: "string", default: "test" } },
});
const given = positionals.map((path) => path.replace(/\/$/, ""));
const targets = given.length > 0 ? given : folders;
// Stryker starts Vitest in processes of its own, which inherit the environment.
process.env.MUTATION_TESTS = values.tests;

const results = await new Stryker({
  mutate: targets.map((path) => (path.endsWith(".ts") ? path : `${path}/**/*.ts`)),
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
