/** `npm run web`: pages and streams alone, for machines whose workers run elsewhere. */

import { buildAssets } from "./assets/build.ts";
import { openBackend } from "./backend/open.ts";
import { readCatalog } from "./catalog.ts";
import { readConfig } from "./config.ts";
import { createLog } from "./log.ts";
import { orExit, orExitWith, tellPlace } from "./process.ts";
import { startWeb } from "./serve.ts";

const config = orExit(readConfig);
const log = createLog(config.logLevel, "web");
await buildAssets({ minify: true });
const backend = await orExitWith(
  openBackend(config.databaseUrl, { listenUrl: config.listenUrl, statementTimeout: "short" }),
  "the database cannot be opened",
);
await orExitWith(backend.migrate(), "the database cannot be brought up to date");
const catalog = await readCatalog(config.jobsDirs);
const web = await startWeb({ config, backend, catalog, log });
tellPlace(backend, config, log);

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
// Who started it with a channel, as the demo does, ends it by going.
process.on("disconnect", stop);
if (process.send && !process.connected) await stop();
