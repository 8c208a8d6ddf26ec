/** A runner process: executes the jobs that its supervisor sends, on its own database connections. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { Worker } from "node:worker_threads";
import type { Backend } from "./backend/backend.ts";
import { openBackend } from "./backend/open.ts";
import { readCatalog } from "./catalog.ts";
import { readConfig } from "./config.ts";
import { errorLog } from "./development/error-log.ts";
import type { RecordMetric } from "./engine/job-lifecycle.ts";
import { failRunsOnStrayErrors } from "./engine/run/current-run.ts";
import { execute } from "./engine/run/execute.ts";
import { createFindKindLine } from "./engine/run/kind-line.ts";
import { createRoomRequest, type RoomRequest } from "./engine/run/room-request.ts";
import { Stopped } from "./engine/run/run.ts";
import { deleteAbandonedFolders } from "./engine/run/work-folder.ts";
import { isTransientError } from "./engine/transient-error.ts";
import type { FromRunner, ToRunner } from "./engine/worker/runner-messages.ts";
import { createExecutor } from "./executor.ts";
import { createLog } from "./log.ts";
import { openStorage } from "./storage/open-storage.ts";

// A thread notices that the supervisor has exited even while this one is in a busy loop.
new Worker(new URL("./engine/worker/orphan-watch.ts", import.meta.url)).unref();
process.on("disconnect", () => process.exit(0));
if (!process.connected) process.exit(0);
// These may reach every process of the terminal; the supervisor decides when a runner ends.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

failRunsOnStrayErrors((error) => {
  process.stderr.write(`${inspect(error)}\n`);
  process.exit(1);
});

const retryDelayMs = 500;
const config = readConfig();
const log = createLog(config.logLevel, "runner");
const backend = await openWithRetries();
// Nothing that a run does can be saved any more.
backend.lost.addEventListener("abort", () => process.exit(1));
const recordMetric: RecordMetric = (metric) => send({ type: "metric", metric });
backend.lifecycle.subscribe((event) => recordMetric({ type: "lifecycle", event }));
const storage = await openStorage(config);
const catalog = await readCatalog(config.jobsDirs);
const onBegin = (id: string) => send({ type: "begun", id });
const onIdle = (id: string, ms: number) => send({ type: "idle", id, ms });
const { limits } = config;
const workFolder = join(config.storageDir, ".runs");
await deleteAbandonedFolders(backend, workFolder).catch((error) =>
  log.warn({ err: error }, "folders of earlier runs could not be deleted"),
);
const executor = createExecutor({
  ...{ backend, storage, catalog, log },
  ...{ recordMetric, onBegin, onIdle, limits, workFolder },
  ...(config.development
    ? { findKindLine: createFindKindLine(config.jobsDirs), explainError: errorLog }
    : {}),
});
const aborts = new Map<string, AbortController>();
const rooms = new Map<string, RoomRequest>();
let quitting = false;

/** Retries while the database is unavailable, so that the job does not fail before it starts. */
async function openWithRetries(): Promise<Backend> {
  for (;;) {
    try {
      return await openBackend(config.databaseUrl, {
        listenUrl: config.listenUrl,
        mustExist: true,
      });
    } catch (error) {
      if (!isTransientError(error)) throw error;
      await sleep(retryDelayMs);
    }
  }
}

function send(message: FromRunner): void {
  // Ignores errors: this process exits anyway when its supervisor has.
  process.send?.(message, undefined, undefined, () => {});
}

async function exitWhenIdle(): Promise<void> {
  if (!quitting || aborts.size > 0) return;
  await backend.close();
  process.exit(0);
}

process.on("message", async (message: ToRunner) => {
  if (message.type === "ping") send({ type: "pong" });
  if (message.type === "stop") aborts.get(message.id)?.abort(new Stopped(message.reason));
  if (message.type === "request_room") rooms.get(message.id)?.request();
  if ("row" in message) {
    const { row, type } = message;
    const abort = new AbortController();
    const room = createRoomRequest(() => send({ type: "yielding", id: row.id }));
    aborts.set(row.id, abort);
    rooms.set(row.id, room);
    const job = await execute(executor, row, abort, type, room).catch((error) => {
      log.error({ job: row.id, err: error }, "the end of a run could not be saved");
      return undefined;
    });
    aborts.delete(row.id);
    rooms.delete(row.id);
    send({ type: "ended", id: row.id, job });
  }
  if (message.type === "quit") quitting = true;
  await exitWhenIdle();
});

send({ type: "ready" });
