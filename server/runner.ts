/** A runner process: executes the jobs that its supervisor sends, on connections of its own. */
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Backend } from "./backend/backend.ts";
import { openBackend } from "./backend/open.ts";
import { readCatalog } from "./catalog.ts";
import { readConfig } from "./config.ts";
import type { RecordMetric } from "./engine/job-lifecycle.ts";
import { execute } from "./engine/run/execute.ts";
import { Stopped } from "./engine/run/run.ts";
import { isTransientError } from "./engine/transient-error.ts";
import type { FromRunner, ToRunner } from "./engine/worker/runner-messages.ts";
import { createExecutor } from "./executor.ts";
import { createLog } from "./log.ts";
import { openStorage } from "./storage/open-storage.ts";

// A busy loop cannot hear that its supervisor is gone; a thread of its own can.
new Worker(new URL("./engine/worker/orphan-watch.ts", import.meta.url)).unref();
process.on("disconnect", () => process.exit(0));
if (!process.connected) process.exit(0);
// Ctrl-C reaches every process of a terminal; the supervisor says when a runner is to end.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});

const againMs = 500;
const config = readConfig();
const log = createLog(config.logLevel, "runner");
const backend = await untilOpened();
const observe: RecordMetric = (observed) => send({ type: "observed", observed });
backend.lifecycle.subscribe((event) => observe({ what: "life", event }));
const storage = await openStorage(config);
const catalog = await readCatalog(config.jobsDirs);
const executor = createExecutor({ backend, storage, catalog, log, observe });
const aborts = new Map<string, AbortController>();
let quitting = false;

/** A database that is away takes no job's run from it before it began. */
async function untilOpened(): Promise<Backend> {
  for (;;) {
    try {
      return await openBackend(config.databaseUrl, { listenUrl: config.listenUrl });
    } catch (error) {
      if (!isTransientError(error)) throw error;
      await sleep(againMs);
    }
  }
}

function send(message: FromRunner): void {
  // A supervisor that just went cannot be told; that it did ends this process anyway.
  process.send?.(message, undefined, undefined, () => {});
}

async function leaveWhenIdle(): Promise<void> {
  if (!quitting || aborts.size > 0) return;
  await backend.close();
  process.exit(0);
}

process.on("message", async (message: ToRunner) => {
  if (message.type === "ping") send({ type: "pong" });
  if (message.type === "stop") aborts.get(message.id)?.abort(new Stopped(message.why));
  if ("row" in message) {
    const { row, type } = message;
    const abort = new AbortController();
    aborts.set(row.id, abort);
    const job = await execute(executor, row, abort, type).catch((error) => {
      log.error({ job: row.id, err: error }, "the end of a run could not be written");
      return undefined;
    });
    aborts.delete(row.id);
    send({ type: "ended", id: row.id, job });
  }
  if (message.type === "quit") quitting = true;
  await leaveWhenIdle();
});

send({ type: "ready" });
