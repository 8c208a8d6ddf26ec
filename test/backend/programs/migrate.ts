/** Migrates a database at a given time: `migrate.ts URL MILLISECONDS`. */
import { setTimeout as sleep } from "node:timers/promises";
import { openBackend } from "../../../server/backend/open.ts";

const [url = "", at = "0"] = process.argv.slice(2);
const backend = await openBackend(url);
await sleep(Math.max(0, Number(at) - Date.now() - 20));
while (Date.now() < Number(at));
await backend.migrate();
await backend.close();
