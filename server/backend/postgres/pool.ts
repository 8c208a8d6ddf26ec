/** Connections on which no process waits for ever: not for a lock, a statement or a dead network. */
import { Socket } from "node:net";
import pg from "pg";
import { preparingClient } from "./preparing-client.ts";

const int8 = 20;
const lockMs = 10_000;
/** A server that was told to give up after some time says so within this. */
const graceMs = 3_000;

/** Times and counts are whole numbers far below 2^53, so they come as numbers and not as text. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === int8 && format !== "binary" ? Number : pg.types.getTypeParser(oid, format),
};

/** What a session is told when it opens, or each transaction where sessions are not ours; ms. */
export function limits(statementMs: number) {
  return {
    statement_timeout: statementMs,
    lock_timeout: Math.min(lockMs, statementMs),
    // A process that was stopped in mid-transaction must not hold its locks against those who take
    // its jobs over.
    idle_in_transaction_session_timeout: 6_000,
  };
}

/**
 * What every connection of ours is opened with.
 * @param silentMs after so long without a byte either way it is taken for lost; 0: never
 */
export function connection(url: string, silentMs = 0): pg.ClientConfig {
  return {
    connectionString: url,
    types,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 5_000,
    application_name: "headway",
    stream: () => socket(silentMs),
  };
}

/** The system gives up on a network that says nothing only after a quarter of an hour. */
function socket(silentMs: number): Socket {
  const opened = new Socket();
  opened.setTimeout(silentMs, () => {
    const error = new Error(`The database has said nothing for ${silentMs} ms`);
    opened.destroy(Object.assign(error, { code: "ETIMEDOUT" }));
  });
  return opened;
}

/**
 * @param options.statementMs what one statement may take
 * @param options.pooled behind a pooler, which knows no settings of a session
 */
export function createPool(
  url: string,
  { statementMs, pooled }: { statementMs: number; pooled: boolean },
): pg.Pool {
  return handled(
    new pg.Pool({
      ...connection(url, statementMs + graceMs),
      ...(pooled ? {} : { ...limits(statementMs), Client: preparingClient() }),
      max: 20,
    }),
  );
}

/** For what may take its time, and needs a session of its own: migrations. */
export function createPatientPool(directUrl: string): pg.Pool {
  return handled(new pg.Pool({ ...connection(directUrl), max: 2 }));
}

/** Without a listener the loss of an idle connection ends the process; the next query tells anyway. */
function handled(pool: pg.Pool): pg.Pool {
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
