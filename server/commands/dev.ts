/**
 * `npm run dev`: the application as `npm start` runs it, started again when code changes. A changed
 * template or style needs no start: the stylesheet is built anew, and open pages load themselves.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { watch } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { developmentEnvironment } from "../config.ts";

const root = join(import.meta.dirname, "../..");
/** Editors write a file in several steps. */
const settleMs = 150;

let child: ChildProcess | undefined;
let due: NodeJS.Timeout | undefined;
let restarting: Promise<void> = Promise.resolve();

function start(): void {
  child = spawn(process.execPath, [join(root, "server/main.ts")], {
    stdio: "inherit",
    env: developmentEnvironment(),
  });
}

async function restart(): Promise<void> {
  const before = child;
  if (before && before.exitCode === null && before.signalCode === null) {
    const gone = new Promise((resolve) => before.once("exit", resolve));
    before.kill("SIGTERM");
    await gone;
  }
  await sleep(50);
  start();
}

function restartSoon(name: string | null): void {
  if (!name?.endsWith(".ts")) return;
  clearTimeout(due);
  due = setTimeout(() => {
    console.log(`${name} changed: starting again`);
    restarting = restarting.then(restart);
  }, settleMs);
}

for (const folder of ["server", "jobs", "migrations"]) {
  watch(join(root, folder), { recursive: true }, (_event, name) => restartSoon(name));
}
start();

async function stop(): Promise<void> {
  await restarting;
  child?.once("exit", (code) => process.exit(code ?? 0));
  child?.kill("SIGTERM");
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
