/**
 * `npm run dev`: runs the application like `npm start`, and starts a new one beside it when code
 * changes. The new one takes over the port once it is ready; if it fails, the old one goes on. Changes
 * of templates, styles and kinds need no new one (`server/development/`).
 */
import cluster, { type Worker } from "node:cluster";
import { join } from "node:path";
import { developmentEnvironment } from "../config.ts";
import type { DevMessage } from "../development/development.ts";
import { root } from "../development/own-frames.ts";
import { watchFiles } from "../development/watch-files.ts";
import { onNpmExit } from "../npm-exit.ts";
import { cannotListen } from "../startup.ts";

const maxOutput = 20_000;

/** The application that has the port, and the one that is starting. */
let serving: Worker | undefined;
let starting: Worker | undefined;
let isStopping = false;

// The primary process holds the port, so that two applications can share it for a moment.
cluster.setupPrimary({ exec: join(root, "server/main.ts"), silent: true });

function start(): void {
  starting?.process.kill("SIGTERM");
  const next = cluster.fork(developmentEnvironment());
  starting = next;
  let output = "";
  next.process.stdout?.pipe(process.stdout, { end: false });
  next.process.stderr?.on("data", (data: Buffer) => {
    process.stderr.write(data);
    if (starting === next) output = `${output}${data}`.slice(-maxOutput);
  });
  next.on("message", (message: { ready?: boolean }) => message.ready && takeOver(next));
  // Unlike "exit", it comes behind the whole output.
  next.process.once("close", () => {
    if (serving === next) {
      serving = undefined;
      if (!isStopping && !starting)
        console.error("\nThe application has ended; waiting for a change.\n");
    }
    if (starting === next) onFailure(output);
    if (isStopping && !serving && !starting) process.exit(0);
  });
}

function takeOver(next: Worker): void {
  if (starting !== next) return;
  starting = undefined;
  serving?.process.kill("SIGTERM");
  serving = next;
}

function onFailure(output: string): void {
  starting = undefined;
  if (isStopping) return;
  // The message about a busy port is printed; no change of code makes the port free.
  if (!serving && output.includes(cannotListen)) process.exit(1);
  const rest = serving ? "the version before goes on" : "waiting for a change";
  console.error(`\nThe application does not start with this code; ${rest}.\n`);
  serving?.send({ failure: output || "It ended without a message" } satisfies DevMessage);
}

for (const folder of ["server", "jobs", "migrations"]) {
  watchFiles(join(root, folder), (names) => {
    const code = names.filter((name) => name.endsWith(".ts"));
    // The application itself loads a changed kind.
    const others = code.filter((name) => folder !== "jobs" || name.includes("/"));
    const isNeeded = others.length > 0 || (code.length > 0 && !serving);
    if (!isNeeded || isStopping) return;
    console.log(`${folder}/${code[0]} changed: starting the application with it`);
    start();
  });
}
start();

function stop(): void {
  isStopping = true;
  const running = [serving, starting].filter((each) => each !== undefined);
  if (running.length === 0) process.exit(0);
  for (const each of running) each.process.kill("SIGTERM");
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, stop);
onNpmExit(stop);
