import pg from "pg";

const int8 = 20;

/** Times and counts are whole numbers far below 2^53, so they come as numbers and not as text. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === int8 && format !== "binary" ? Number : pg.types.getTypeParser(oid, format),
};

/** What every connection of ours is opened with: a silent network is noticed, not waited on. */
export function connection(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    types,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 5_000,
    // A process that was stopped in mid-transaction must not hold its locks against those who take
    // its jobs over.
    idle_in_transaction_session_timeout: 6_000,
    application_name: "headway",
  };
}

export function createPool(url: string): pg.Pool {
  const pool = new pg.Pool({ ...connection(url), max: 20 });
  // Without a listener the loss of an idle connection ends the process; the next query tells anyway.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}
