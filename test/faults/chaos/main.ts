/**
 * `npm run chaos -- --seed 7 --seconds 300` injects faults for a while and prints what they caused, on
 * Postgres, or with `--backend sqlite` on SQLite.
 * Exits with 1 if anything is lost, doubled or otherwise wrong.
 */
import { parseArgs } from "node:util";
import { buildAssets } from "../../../server/assets/build.ts";
import { runChaos } from "./chaos.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seconds: { type: "string", default: "60" },
    backend: { type: "string", default: "postgres" },
  },
});
const { backend } = values;
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const seconds = Number(values.seconds);
if (!Number.isInteger(seed) || !(seconds > 0) || (backend !== "postgres" && backend !== "sqlite")) {
  print(
    "Usage: npm run chaos -- [--backend postgres|sqlite] [--seed WHOLE_NUMBER] [--seconds NUMBER]",
  );
  process.exit(1);
}

print(`${backend}, seed ${seed}, ${seconds} s`);
await buildAssets({ minify: true });
const startedAt = Date.now();
const report = await runChaos({
  backend,
  seed,
  seconds,
  report: (line) =>
    print(`${((Date.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${line}`),
});

const waits = [...report.takeovers].sort((a, b) => a - b);
const wait = (share: number) => {
  const at = Math.ceil(share * waits.length) - 1;
  return waits.length > 0 ? `${(waits[Math.max(0, at)]! / 1_000).toFixed(1)} s` : "none";
};
const lines: [string, string | number][] = [
  ["jobs", report.jobs],
  ...Object.entries(report.statuses).map(([name, count]): [string, number] => [`  ${name}`, count]),
  ["faults", Object.values(report.faults).reduce((sum, count) => sum + count, 0)],
  ...Object.entries(report.faults).map(([name, count]): [string, number] => [`  ${name}`, count]),
  ["jobs taken over", waits.length],
  ["  takeover, p50", wait(0.5)],
  ["  takeover, max", wait(1)],
  ["lost", report.lost],
  ["doubled", report.doubled],
  ["innocent jobs failed", report.innocentFailed],
  ["violations", report.violations.length],
];
print("");
for (const [name, value] of lines) print(`${name.padEnd(44)}${value}`);
for (const violation of report.violations) print(`\n${violation}`);
process.exit(report.violations.length > 0 ? 1 : 0);

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
