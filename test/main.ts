/**
 * `npm test` checks style, types and templates, and runs all tests, as CI does. `npm test -- invoice`
 * runs only the test files that have "invoice" in their path. Options are those of Vitest.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const vitest = join(
  dirname(createRequire(import.meta.url).resolve("vitest/package.json")),
  "vitest.mjs",
);
const args = process.argv.slice(2);

if (args.length === 0) run("npm", ["run", "check"]);
run(process.execPath, [vitest, "run", ...args]);

/** Exits with the program's code if it fails. */
function run(program: string, args: string[]): void {
  const { status } = spawnSync(program, args, {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}
