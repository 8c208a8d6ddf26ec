/** `npm run web`: the web process alone; workers run elsewhere. */
import { buildAssets } from "./assets/build.ts";
import { openBackend } from "./backend/open.ts";
import { readCatalog } from "./catalog.ts";
import { readConfig } from "./config.ts";
import { createLog } from "./log.ts";
import { startWeb } from "./serve.ts";
import { exitOnConfigError, exitOnFailure, logDatabaseLocation } from "./startup.ts";

const config = exitOnConfigError(readConfig);
const log = createLog(config.logLevel, "web");
await buildAssets({ minify: true });
const backend = await exitOnFailure(
  openBackend(config.databaseUrl, { listenUrl: config.listenUrl, statementTimeout: "short" }),
  "the database cannot be opened",
);
await exitOnFailure(backend.migrate(), "the database cannot be migrated");
const catalog = await readCatalog(config.jobsDirs);
const web = await startWeb({ config, backend, catalog, log });
logDatabaseLocation(backend, config, log);

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info("web stopping");
  await web.stop();
  await backend.close();
  process.exit(0);
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
// A parent process with an IPC channel, such as the demo, ends this process by exiting.
process.on("disconnect", stop);
if (process.send && !process.connected) await stop();
