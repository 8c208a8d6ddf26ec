/**
 * A connection that listens. It can be lost without a word, so every 5 s it is asked what it listens
 * to; one that is lost, in whatever way, tells by the event "error".
 */
import pg from "pg";
import { withTimeout } from "../../with-timeout.ts";
import { connection } from "./pool.ts";

const checkMs = 5_000;
const checkLimitMs = 3_000;

/**
 * @param directUrl straight to the server: a pooler gives the session that listens to others
 * @throws where it cannot connect
 */
export async function connectListener(directUrl: string): Promise<pg.Client> {
  const client = new pg.Client(connection(directUrl));
  // Told also after its owner has let go of it.
  client.on("error", () => {});
  await client.connect();
  const timer = setInterval(async () => {
    try {
      const asked = client.query("select pg_listening_channels()");
      const { rows } = await withTimeout(checkLimitMs, asked);
      if (rows.length === 0) throw new Error("The session listens no more");
    } catch (error) {
      clearInterval(timer);
      client.emit("error", error);
      client.end().catch(() => {});
    }
  }, checkMs);
  client.once("end", () => clearInterval(timer));
  return client;
}
