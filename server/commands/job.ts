/**
 * `npm run job`: starts, follows and lists jobs from the terminal. It works on the database, as the
 * other commands do: whoever can read it needs no token, and no web process has to run.
 */
import { readCatalog } from "../catalog.ts";
import { cacheCompiledCode, readConfig } from "../config.ts";
import { exitOnConfigError } from "../startup.ts";
import { WrongOptions } from "./job/kind-options.ts";
import { exitCodes, runJobCommand } from "./job/run-job-command.ts";

cacheCompiledCode();
const config = exitOnConfigError(readConfig);
const catalog = await readCatalog(config.jobsDirs);
try {
  const parts = { config, catalog, output: process.stdout };
  process.exitCode = await runJobCommand(parts, process.argv.slice(2));
} catch (error) {
  if (!(error instanceof WrongOptions)) throw error;
  console.error(error.message);
  process.exitCode = exitCodes.notStarted;
}
