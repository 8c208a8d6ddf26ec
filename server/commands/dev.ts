/**
 * `npm run dev`: runs the application like `npm start` and restarts it when code changes. A changed
 * template or style needs no restart: the stylesheet is rebuilt and open pages reload.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { watch } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { developmentEnvironment } from "../config.ts";
import { onNpmExit } from "../npm-exit.ts";

const root = join(import.meta.dirname, "../..");
/** Waits for the last of several events, because editors save a file in several steps. */
const debounceMs = 150;

let child: ChildProcess | undefined;
let timer: NodeJS.Timeout | undefined;
let restarting: Promise<void> = Promise.resolve();

function start(): void {
  child = spawn(process.execPath, [join(root, "server/main.ts")], {
    stdio: "inherit",
    env: developmentEnvironment(),
  });
}

/** The child, unless it has exited: such as one whose code cannot be parsed. */
function runningChild(): ChildProcess | undefined {
  return child?.exitCode === null && child.signalCode === null ? child : undefined;
}

async function restart(): Promise<void> {
  const running = runningChild();
  if (running) {
    const exited = new Promise((resolve) => running.once("exit", resolve));
    running.kill("SIGTERM");
    await exited;
  }
  await sleep(50);
  start();
}

function scheduleRestart(name: string | null): void {
  if (!name?.endsWith(".ts")) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    console.log(`${name} changed: restarting`);
    restarting = restarting.then(restart);
  }, debounceMs);
}

for (const folder of ["server", "jobs", "migrations"]) {
  watch(join(root, folder), { recursive: true }, (_event, name) => scheduleRestart(name));
}
start();

async function stop(): Promise<void> {
  await restarting;
  const running = runningChild();
  if (!running) process.exit();
  running.once("exit", (code) => process.exit(code ?? 0));
  running.kill("SIGTERM");
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, stop);
onNpmExit(stop);
