/** `npm start`: the web process with a worker as its child, for one machine. */
import { hasDemoAccount } from "./accounts/demo-account.ts";
import { buildAssets } from "./assets/build.ts";
import { seed } from "./commands/seed.ts";
import { openProcess, stopOnSignal } from "./entry-point.ts";
import { startWeb } from "./serve.ts";
import { exitOnFailure } from "./startup.ts";
import { startWorkerChild } from "./worker-child.ts";

const parts = await openProcess("web");
const { config } = parts;
await buildAssets({ minify: !config.development });
const demo = hasDemoAccount(config)
  ? await exitOnFailure(seed(parts), "the demo account cannot be created")
  : undefined;
const development = config.development
  ? (await import("./development/development.ts")).createDevelopment(parts)
  : undefined;
const web = await startWeb(parts, development?.routes);
const worker = startWorkerChild(parts);

process.stdout.write(`\n  Headway runs at ${web.url}\n`);
if (demo) process.stdout.write(`  Sign in as ${demo.email} with the password ${demo.password}\n`);
process.stdout.write("\n");

development?.follow(worker);
await stopOnSignal(parts, () => Promise.all([web.stop(), worker.stop()]));
