/** `npm run worker`, and the child of `npm start`: a worker, which supervises its runners. */
import { openBackend } from "./backend/open.ts";
import { readCatalog } from "./catalog.ts";
import { readConfig } from "./config.ts";
import { startSupervisor } from "./engine/worker/supervisor.ts";
import { createLog } from "./log.ts";
import { logJobActivity } from "./log-job-activity.ts";
import { createMaintenanceTasks } from "./maintenance/tasks.ts";
import { startMetrics } from "./metrics/start-metrics.ts";
import { exitOnConfigError, exitOnFailure, logDatabaseLocation } from "./startup.ts";
import { prepareStorage } from "./storage/open-storage.ts";

const maxStopMs = 9_500;

const config = exitOnConfigError(readConfig);
const log = createLog(config.logLevel, "worker");
const backend = await exitOnFailure(
  openBackend(config.databaseUrl, { listenUrl: config.listenUrl, statementTimeout: "short" }),
  "the database cannot be opened",
);
await exitOnFailure(backend.migrate(), "the database cannot be migrated");
const storage = await exitOnFailure(prepareStorage(config), "the file storage cannot be used");
const updateMetrics = await exitOnFailure(
  startMetrics({ role: "worker", config, backend }),
  `metrics cannot be served on ${config.host}:${config.metricsPort}`,
);
const catalog = await readCatalog(config.jobsDirs);
let workerId = "";
const supervisor = await startSupervisor({
  backend,
  catalog,
  log,
  concurrency: config.concurrency,
  runners: config.runners,
  maintenanceTasks: createMaintenanceTasks({
    backend,
    storage,
    log,
    retentionDays: config.retentionDays,
  }),
  // The parent web process rescues the jobs of this worker as soon as it exits.
  onRegister(id) {
    workerId = id;
    process.send?.({ worker: id });
  },
  observe(observed) {
    logJobActivity(log, observed, workerId);
    updateMetrics(observed);
  },
});
log.info("worker ready");
if (!process.send) logDatabaseLocation(backend, config, log);

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info("worker stopping");
  // Without the database jobs cannot be released; the sweep of another worker rescues them.
  setTimeout(() => process.exit(1), maxStopMs).unref();
  await supervisor.stop();
  await backend.close();
  process.exit(0);
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("disconnect", stop);
// The parent may have exited before the listener was added.
if (process.send && !process.connected) await stop();
