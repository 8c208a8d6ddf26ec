/** For entry points: a mistake of the operator exits the process with a message of one line. */
import type { Backend } from "./backend/backend.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import type { Log } from "./log.ts";

/** Begins the message about a port that cannot be used. `npm run dev` finds it in the output of its child. */
export const cannotListen = "it cannot listen on";

export function exitOnConfigError<T>(start: () => T): T {
  try {
    return start();
  } catch (error) {
    if (error instanceof ConfigError) exit(error.message);
    throw error;
  }
}

/** @param message its beginning, such as "the database cannot be opened" */
export async function exitOnFailure<T>(work: Promise<T>, message: string): Promise<T> {
  try {
    return await work;
  } catch (error) {
    exit(`${message}: ${failureText(error as Error)}`);
  }
}

function failureText({ code = "", message }: Error & { code?: string }): string {
  if (!/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return message;
  return "the database file is damaged. Restore a backup (npm run restore -- FILE); npm run doctor shows the damage";
}

/** Logs that SQLite works on one machine only, for operators who start web and workers separately. */
export function logDatabaseLocation(
  { spansMachines }: Pick<Backend, "spansMachines">,
  { databaseUrl }: Pick<Config, "databaseUrl">,
  log: Log,
): void {
  if (spansMachines) return;
  const message = `web and workers share ${databaseUrl} on this machine only`;
  log.info(`${message}; for more machines set DATABASE_URL=postgres://…`);
}

/** Over http browsers send cookies in clear, and nobody tells them to come back by https (HSTS). */
export function warnWithoutHttps(
  { production, publicUrl }: Pick<Config, "production" | "publicUrl">,
  log: Pick<Log, "warn">,
): void {
  if (!production || !publicUrl?.startsWith("http:")) return;
  const message = `PUBLIC_URL is ${publicUrl}: passwords and sessions can be read on their way`;
  log.warn(`${message}; serve the pages by https`);
}

function exit(message: string): never {
  process.stderr.write(`Headway cannot start: ${message}\n`);
  process.exit(1);
}
