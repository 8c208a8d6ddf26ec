/**
 * Ends with 0 where what runs here works, with 1 and the reason where it does not: for the health
 * check of a container. A web process answers; a worker beats. A database that is away makes neither
 * of them ill: a start anew would mend nothing, and both go on by themselves.
 */
import { hostname } from "node:os";
import type { Backend } from "../backend/backend.ts";
import { openBackend } from "../backend/open.ts";
import { type Config, readConfig } from "../config.ts";
import { exitOnConfigError } from "../startup.ts";

const answersWithinMs = 5_000;
/** It beats each second, and others give it up after 5. */
const beatsWithinMs = 10_000;

const config = exitOnConfigError(readConfig);
const trouble =
  (await troubleOfWeb(config)) ??
  (await troubleOfWorker(config).catch((error: Error) => error.message));
console.log(trouble || "well");
process.exit(trouble ? 1 : 0);

/** @returns empty where it answers as it should, undefined where there is no web process */
async function troubleOfWeb({ host, port }: Config): Promise<string | undefined> {
  const here = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  try {
    const signal = AbortSignal.timeout(answersWithinMs);
    const { status } = await fetch(`http://${here}:${port}/up`, { signal });
    return status === 200 ? "" : `the web process answers with ${status}`;
  } catch (error) {
    if (isRefused((error as Error).cause)) return undefined;
    return `the web process does not answer: ${(error as Error).message}`;
  }
}

/** A name may have several addresses, each of which refuses. */
function isRefused(cause: unknown): boolean {
  const { code, errors } = (cause ?? {}) as { code?: string; errors?: unknown[] };
  return code === "ECONNREFUSED" || (errors ?? []).some(isRefused);
}

async function troubleOfWorker({ databaseUrl }: Config): Promise<string> {
  const backend = await openBackend(databaseUrl, { statementTimeout: "short" }).catch(
    () => undefined,
  );
  if (!backend) return "";
  const beat = await lastBeat(backend).finally(() => backend.close());
  if (beat === undefined) return "no web process answers here, and no worker is at work";
  return beat < beatsWithinMs ? "" : `the worker has not beaten for ${Math.round(beat / 1_000)} s`;
}

/** @returns how long ago a worker of this machine beat, ms; undefined where it has none */
async function lastBeat({ db, now }: Backend): Promise<number | undefined> {
  const { at } = await db
    .selectFrom("workers")
    .select(({ fn }) => fn.max("last_heartbeat_at").as("at"))
    .where("host", "=", hostname())
    .executeTakeFirstOrThrow();
  return at === null ? undefined : now() - at;
}
