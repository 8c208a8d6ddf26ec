/** A worker, which supervises its runners: `npm run worker`, and the child of `npm start`. */
import { createSearchIndexer } from "./contacts/search/search-indexer.ts";
import { startSupervisor } from "./engine/worker/supervisor.ts";
import { openProcess, stopOnSignal } from "./entry-point.ts";
import { logJobActivity } from "./log-job-activity.ts";
import { createMaintenanceTasks } from "./maintenance/tasks.ts";
import { startMetrics } from "./metrics/start-metrics.ts";
import { exitOnFailure, logDatabaseLocation } from "./startup.ts";
import { prepareStorage } from "./storage/open-storage.ts";

const maxStopMs = 9_500;

const parts = await openProcess("worker");
const { config, log, backend, catalog } = parts;
const storage = await exitOnFailure(prepareStorage(config), "the file storage cannot be used");
const updateMetrics = await exitOnFailure(
  startMetrics({ role: "worker", config, backend }),
  `metrics cannot be served on ${config.metricsHost}:${config.metricsPort}`,
);
const indexer = createSearchIndexer({ backend, log });
let workerId = "";
const supervisor = await startSupervisor({
  backend,
  catalog,
  log,
  concurrency: config.concurrency,
  runners: config.runners,
  maxQueuedJobs: config.limits.maxQueuedJobs,
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
  recordMetric(metric) {
    logJobActivity(log, metric, workerId);
    updateMetrics(metric);
    indexer.onMetric(metric);
  },
});
log.info("worker ready");
if (!process.send) logDatabaseLocation(backend, config, log);

await stopOnSignal(parts, () => {
  // Without the database jobs cannot be released; the sweep of another worker rescues them.
  setTimeout(() => process.exit(1), maxStopMs).unref();
  return Promise.all([supervisor.stop(), indexer.stop()]);
});
