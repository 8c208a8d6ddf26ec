/** `npm run worker`, and the child of `npm start`: one supervisor with its runners. */
import { openBackend } from "./backend/open.ts";
import { readCatalog } from "./catalog.ts";
import { readConfig } from "./config.ts";
import { supervise } from "./jobs/worker/supervise.ts";
import { createLog } from "./log.ts";
import { orExit } from "./process.ts";

const longestStopMs = 9_500;

const config = orExit(readConfig);
const log = createLog(config.logLevel, "worker");
const backend = await openBackend(config.databaseUrl);
await backend.migrate();
const supervisor = await supervise({
  backend,
  catalog: await readCatalog(config.jobsDirs),
  log,
  concurrency: config.concurrency,
  runners: config.runners,
  // The web process that started this one knows at once when it is gone, and whose jobs that takes.
  onRegister: (id) => process.send?.({ worker: id }),
});
log.info("worker ready");

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
