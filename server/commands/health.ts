/**
 * The health check of a container: exits with 0 if its web process answers or its worker sends
 * heartbeats, and with 1 and the reason otherwise. An unavailable database does not make a container
 * unhealthy: a restart would not help, and the processes recover by themselves.
 */
import { hostname } from "node:os";
import type { Backend } from "../backend/backend.ts";
import { openBackend } from "../backend/open.ts";
import { type Config, readConfig } from "../config.ts";
import { exitOnConfigError } from "../startup.ts";

const responseTimeoutMs = 5_000;
/** A worker sends a heartbeat each second and is considered lost after 5 s. */
const maxHeartbeatAgeMs = 10_000;

const config = exitOnConfigError(readConfig);
const problem =
  (await checkWeb(config)) ?? (await checkWorker(config).catch((error: Error) => error.message));
console.log(problem || "healthy");
process.exit(problem ? 1 : 0);

/** @returns a problem, an empty string for a healthy web process, undefined if there is none */
async function checkWeb({ host, port }: Config): Promise<string | undefined> {
  const here = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  try {
    const signal = AbortSignal.timeout(responseTimeoutMs);
    const { status } = await fetch(`http://${here}:${port}/up`, { signal });
    return status === 200 ? "" : `the web process answers with ${status}`;
  } catch (error) {
    if (isRefused((error as Error).cause)) return undefined;
    return `the web process does not answer: ${(error as Error).message}`;
  }
}

/** For a host name with several addresses the error has one cause per address. */
function isRefused(cause: unknown): boolean {
  const { code, errors } = (cause ?? {}) as { code?: string; errors?: unknown[] };
  return code === "ECONNREFUSED" || (errors ?? []).some(isRefused);
}

async function checkWorker({ databaseUrl }: Config): Promise<string> {
  const backend = await openBackend(databaseUrl, {
    statementTimeout: "short",
    mustExist: true,
  }).catch(() => undefined);
  if (!backend) return "";
  const age = await heartbeatAge(backend).finally(() => backend.close());
  if (age === undefined) return "no web process answers here, and no worker is registered";
  return age < maxHeartbeatAgeMs
    ? ""
    : `the last heartbeat of the worker was ${Math.round(age / 1_000)} s ago`;
}

/** @returns ms since the last heartbeat of a worker of this machine; undefined if there is none */
async function heartbeatAge({ db, now }: Backend): Promise<number | undefined> {
  const { at } = await db
    .selectFrom("workers")
    .select(({ fn }) => fn.max("last_heartbeat_at").as("at"))
    .where("host", "=", hostname())
    .executeTakeFirstOrThrow();
  return at === null ? undefined : now() - at;
}
