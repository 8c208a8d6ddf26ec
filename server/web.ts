/** `npm run web`: the web process alone; workers run elsewhere. */
import { buildAssets } from "./assets/build.ts";
import { openProcess, stopOnSignal } from "./entry-point.ts";
import { startWeb } from "./serve.ts";
import { logDatabaseLocation } from "./startup.ts";

const parts = await openProcess("web");
const { config, log, backend } = parts;
await buildAssets({ minify: true });
const web = await startWeb(parts);
logDatabaseLocation(backend, config, log);
await stopOnSignal(parts, () => web.stop());
