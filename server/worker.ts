/** `npm run worker`, and the child of `npm start`: one supervisor with its runners. */
import { openBackend } from "./backend/open.ts";
import { readCatalog } from "./catalog.ts";
import { readConfig } from "./config.ts";
import { startSupervisor } from "./engine/worker/supervisor.ts";
import { logLife } from "./life-log.ts";
import { createLog } from "./log.ts";
import { createChores } from "./maintenance/maintenance.ts";
import { startFigures } from "./metrics/figures.ts";
import { orExit, orExitWith, tellPlace } from "./process.ts";
import { prepareStorage } from "./storage/open-storage.ts";

const longestStopMs = 9_500;

const config = orExit(readConfig);
const log = createLog(config.logLevel, "worker");
const backend = await orExitWith(
  openBackend(config.databaseUrl, { listenUrl: config.listenUrl, statementTimeout: "short" }),
  "the database cannot be opened",
);
await orExitWith(backend.migrate(), "the database cannot be brought up to date");
const storage = await orExitWith(prepareStorage(config), "files cannot be kept");
const measure = await orExitWith(
  startFigures({ role: "worker", config, backend }),
  `it cannot serve its figures on ${config.host}:${config.metricsPort}`,
);
const catalog = await readCatalog(config.jobsDirs);
let workerId = "";
const supervisor = await startSupervisor({
  backend,
  catalog,
  log,
  concurrency: config.concurrency,
  runners: config.runners,
  chores: createChores({ backend, storage, log, retentionDays: config.retentionDays }),
  // The web process that started this one knows at once when it is gone, and whose jobs that takes.
  onRegister(id) {
    workerId = id;
    process.send?.({ worker: id });
  },
  observe(observed) {
    logLife(log, observed, workerId);
    measure(observed);
  },
});
log.info("worker ready");
if (!process.send) tellPlace(backend, config, log);

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info("worker stopping");
  // With the database away not everything can be handed back; the sweep of others does the rest.
  setTimeout(() => process.exit(1), longestStopMs).unref();
  await supervisor.stop();
  await backend.close();
  process.exit(0);
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
process.on("disconnect", stop);
// The web process may have gone before anybody here listened for that.
if (process.send && !process.connected) await stop();
