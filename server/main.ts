/** `npm start`: everything on one machine. Sets up, then runs the web and a worker as its child. */
import { openBackend } from "./backend/open.ts";
import { readCatalog } from "./catalog.ts";
import { buildAssets } from "./commands/assets.ts";
import { seed } from "./commands/seed.ts";
import { readConfig } from "./config.ts";
import { createLog } from "./log.ts";
import { exitWith, orExit } from "./process.ts";
import { startWeb } from "./web.ts";
import { keepWorker } from "./worker-child.ts";

const config = orExit(readConfig);
const log = createLog(config.logLevel, "web");

await buildAssets({ minify: true });
const backend = await openBackend(config.databaseUrl).catch((error) =>
  exitWith(`the database cannot be opened: ${error.message}`),
);
await backend.migrate();
const catalog = await readCatalog(config.jobsDirs);
const demo = config.production ? undefined : await seed({ backend, catalog, config, log });
const web = await startWeb({ config, backend, catalog, log }).catch((error) =>
  exitWith(
    error.code === "EADDRINUSE"
      ? `port ${config.port} is in use; set PORT to another one`
      : `it cannot listen on ${config.host}:${config.port}: ${error.message}`,
  ),
);
const worker = keepWorker({ backend, log });

process.stdout.write(`\n  Headway runs at ${web.url}\n`);
if (demo) process.stdout.write(`  Sign in as ${demo.email} with the password ${demo.password}\n`);
process.stdout.write("\n");

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  log.info("stopping");
  await Promise.all([web.stop(), worker.stop()]);
  await backend.close();
  process.exit(0);
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
