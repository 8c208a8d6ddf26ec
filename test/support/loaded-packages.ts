/** A program that loads what every process loads at its start, and prints the packages of it as JSON. */
import { registerHooks } from "node:module";
import { join } from "node:path";

const packageOf = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;
const packages = new Set<string>();

registerHooks({
  load(url, context, nextLoad) {
    const [, name] = packageOf.exec(url) ?? [];
    if (name) packages.add(name);
    return nextLoad(url, context);
  },
});

await import("../../server/serve.ts");
await import("../../server/executor.ts");
await import("../../server/engine/worker/supervisor.ts");
const { readCatalog } = await import("../../server/catalog.ts");
await readCatalog([join(import.meta.dirname, "../../jobs")]);
process.stdout.write(JSON.stringify([...packages]));
