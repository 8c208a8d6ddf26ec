/** `npm start`: the web process with a worker as its child, for one machine. */
import { buildAssets } from "./assets/build.ts";
import { openBackend } from "./backend/open.ts";
import { readCatalog } from "./catalog.ts";
import { seed } from "./commands/seed.ts";
import { readConfig } from "./config.ts";
import { createLog } from "./log.ts";
import { startWeb } from "./serve.ts";
import { exitOnConfigError, exitOnFailure } from "./startup.ts";
import { startWorkerChild } from "./worker-child.ts";

const config = exitOnConfigError(readConfig);
const log = createLog(config.logLevel, "web");

await buildAssets({ minify: !config.development, dev: config.development });
const backend = await exitOnFailure(
  openBackend(config.databaseUrl, { listenUrl: config.listenUrl, statementTimeout: "short" }),
  "the database cannot be opened",
);
await exitOnFailure(backend.migrate(), "the database cannot be migrated");
const catalog = await readCatalog(config.jobsDirs);
const demo = config.production ? undefined : await seed({ backend, catalog, config, log });
const web = await startWeb({ config, backend, catalog, log });
const worker = startWorkerChild({ backend, config, log });

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
