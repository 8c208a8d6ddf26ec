/**
 * `npm run chaos -- --seed 7 --seconds 300`: what is left of everything after a time of faults.
 * Ends with 1 where anything is lost, doubled or not as it has to be.
 */
import { parseArgs } from "node:util";
import { buildAssets } from "../../../server/assets/build.ts";
import { chaos } from "./chaos.ts";

const { values } = parseArgs({
  options: { seed: { type: "string" }, seconds: { type: "string", default: "60" } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const seconds = Number(values.seconds);
if (!Number.isInteger(seed) || !(seconds > 0)) {
  say("Usage: npm run chaos -- [--seed WHOLE_NUMBER] [--seconds NUMBER]");
  process.exit(1);
}

say(`seed ${seed}, ${seconds} s`);
await buildAssets({ minify: true });
const startedAt = Date.now();
const report = await chaos({
  seed,
  seconds,
  tell: (line) => say(`${((Date.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${line}`),
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
  ["violations", report.violations.length],
];
say("");
for (const [name, value] of lines) say(`${name.padEnd(44)}${value}`);
for (const violation of report.violations) say(`\n${violation}`);
process.exit(report.violations.length > 0 ? 1 : 0);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
