/**
 * A connection that listens. A network can lose it silently, so every 5 s it asks the server for
 * its channels. However it is lost, it emits "error".
 */
import pg from "pg";
import { withTimeout } from "../../with-timeout.ts";
import { connectionConfig } from "./pool.ts";

const checkMs = 5_000;
const checkTimeoutMs = 3_000;

/**
 * @param directUrl straight to the server, because a pooler lends the listening session to others
 * @throws if it cannot connect
 */
export async function connectListener(directUrl: string): Promise<pg.Client> {
  const client = new pg.Client(connectionConfig(directUrl));
  // An error after the owner removed its listeners must not end the process.
  client.on("error", () => {});
  await client.connect();
  const timer = setInterval(async () => {
    try {
      const channels = client.query("select pg_listening_channels()");
      const { rows } = await withTimeout(checkTimeoutMs, channels);
      if (rows.length === 0) throw new Error("The session does not listen any more");
    } catch (error) {
      clearInterval(timer);
      client.emit("error", error);
      client.end().catch(() => {});
    }
  }, checkMs);
  client.once("end", () => clearInterval(timer));
  return client;
}
