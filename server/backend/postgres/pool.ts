/** Connections that never wait forever: not for a lock, a statement or a dead network. */
import { Socket } from "node:net";
import pg from "pg";
import { markConnectionError } from "../connection-error.ts";
import { copyingClient } from "./copying-client.ts";
import { endOutdated, preparingClient } from "./preparing-client.ts";

const int8Oid = 20;
const lockTimeoutMs = 10_000;
/** A server that cancels a statement after its timeout answers within this time. */
const graceMs = 3_000;

/** Parses bigint as number: times and counts are whole numbers far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === int8Oid && format !== "binary" ? Number : pg.types.getTypeParser(oid, format),
};

/** Settings of a session, or of each transaction behind a pooler. In ms. */
export function sessionLimits(statementTimeoutMs: number) {
  return {
    statement_timeout: statementTimeoutMs,
    lock_timeout: Math.min(lockTimeoutMs, statementTimeoutMs),
    // A process that is suspended in a transaction must not lock out those who rescue its jobs.
    idle_in_transaction_session_timeout: 6_000,
  };
}

/** @param silenceTimeoutMs closes the connection after so long without traffic; 0: never */
export function connectionConfig(url: string, silenceTimeoutMs = 0): pg.ClientConfig {
  return {
    connectionString: url,
    types,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 5_000,
    application_name: "headway",
    stream: () => socketWithTimeout(silenceTimeoutMs),
  };
}

/** The operating system gives up on a silent network only after a quarter of an hour. */
function socketWithTimeout(timeoutMs: number): Socket {
  const socket = new Socket();
  socket.on("error", markConnectionError);
  socket.setTimeout(timeoutMs, () => {
    const error = new Error(`The database did not answer for ${timeoutMs} ms`);
    socket.destroy(Object.assign(error, { code: "ETIMEDOUT" }));
  });
  return socket;
}

/**
 * @param options.statementTimeoutMs limit of one statement
 * @param options.max connections. Default 20
 * @param options.pooled whether a pooler stands in front, which refuses settings of a session
 */
export function createPool(
  url: string,
  {
    statementTimeoutMs,
    pooled,
    max = 20,
  }: { statementTimeoutMs: number; pooled: boolean; max?: number },
): pg.Pool {
  return withErrorHandlers(
    new pg.Pool({
      ...connectionConfig(url, statementTimeoutMs + graceMs),
      ...(pooled ? {} : sessionLimits(statementTimeoutMs)),
      Client: copyingClient(pooled ? pg.Client : preparingClient()),
      max,
    }),
  );
}

/** For migrations, which have no time limit and need a session of their own. */
export function createMigrationPool(directUrl: string): pg.Pool {
  return withErrorHandlers(new pg.Pool({ ...connectionConfig(directUrl), max: 2 }));
}

/** Without a handler the loss of an idle connection ends the process. The next query fails anyway. */
function withErrorHandlers(pool: pg.Pool): pg.Pool {
  pool.on("error", () => {});
  // The pool emits this before it looks whether the session has ended, and then does not keep it.
  pool.on("release", (_error, client) => endOutdated(client));
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
