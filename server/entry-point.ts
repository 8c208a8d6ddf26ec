/** Opens the parts that every process of the application needs, and stops them on a signal. */
import type { Backend } from "./backend/backend.ts";
import type { DatabaseLost } from "./backend/database-lost.ts";
import { openBackend } from "./backend/open.ts";
import { type Catalog, findRepeatedTitles, readCatalog } from "./catalog.ts";
import { type Config, cacheCompiledCode, readConfig } from "./config.ts";
import { settingsOf } from "./kind-settings.ts";
import { createLog, type Log } from "./log.ts";
import { onNpmExit } from "./npm-exit.ts";
import { exitOnConfigError, exitOnFailure } from "./startup.ts";
import { refuseForgottenFile, refuseTransferred } from "./transfer/transfers.ts";

export interface ProcessParts {
  config: Config;
  log: Log;
  /** Migrated. */
  backend: Backend;
  catalog: Catalog;
}

/** Exits the process with a message of one line if a setting is invalid or the database fails. */
export async function openProcess(role: "web" | "worker"): Promise<ProcessParts> {
  cacheCompiledCode();
  const config = exitOnConfigError(readConfig);
  const log = createLog(config.logLevel, role);
  const backend = await exitOnFailure(
    openBackend(config.databaseUrl, {
      listenUrl: config.listenUrl,
      statementTimeout: "short",
      // The parent of a worker has just checked it.
      check: role === "web" || !process.send,
    }),
    "the database cannot be opened",
  );
  onDatabaseLost(backend, ({ message }) => log.error(message));
  const migrating = backend.migrate({ acceptNewer: true, jobsDirs: config.jobsDirs });
  const newer = await exitOnFailure(migrating, "the database cannot be migrated");
  if (newer.length > 0) {
    log.warn(`a newer version has updated the database (${newer.join(", ")}): stop this one soon`);
  }
  await exitOnFailure(refuseTransferred(backend), "the database cannot be used");
  const { storageDir } = config;
  await exitOnFailure(refuseForgottenFile(backend, storageDir), "the database cannot be used");
  const catalog = await readCatalog(config.jobsDirs);
  // The child of `npm start` has the environment of its parent.
  if (role === "web" || !process.send) warnAboutKinds(catalog, log);
  return { config, log, backend, catalog };
}

function warnAboutKinds(catalog: Catalog, log: Log): void {
  for (const repeated of findRepeatedTitles(catalog)) log.warn(repeated);
  for (const [name, kind] of catalog) {
    const { problems } = settingsOf(kind);
    if (problems.length === 0) continue;
    log.warn(`no job of the kind ${name} can be started: ${problems.join(", ")}`);
  }
}

function onDatabaseLost({ lost }: Backend, report: (error: DatabaseLost) => void): void {
  lost.addEventListener("abort", () => report(lost.reason), { once: true });
}

/** SIGHUP: the terminal was closed. */
const stopSignals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/**
 * Stops the process once: on SIGTERM, SIGINT or SIGHUP, or when its parent exits, if that is npm or has
 * an IPC channel.
 * @param stop ends the work of the process; the database is closed afterwards
 */
export async function stopOnSignal(
  { log, backend }: Pick<ProcessParts, "log" | "backend">,
  stop: () => Promise<unknown>,
): Promise<void> {
  let stopping = false;
  async function onSignal(): Promise<void> {
    if (stopping) return;
    stopping = true;
    log.info("stopping");
    await stop();
    await backend.close();
    process.exit(0);
  }

  for (const signal of stopSignals) process.on(signal, onSignal);
  process.on("disconnect", onSignal);
  onNpmExit(onSignal);
  // The parent may have exited before the listener was added.
  if (process.send && !process.connected) await onSignal();
}
