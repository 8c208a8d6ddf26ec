import pg from "pg";
import { connectListener } from "./listen-connection.ts";

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  release: (error?: unknown) => void,
) => void;

/**
 * The pool that graphile-worker gets. It asks for its listening connection with a callback and
 * never returns it, so that one goes straight to the server. Everything else uses the given pool.
 */
export class ListeningPool extends pg.Pool {
  readonly #pool: pg.Pool;
  readonly #directUrl: string;

  constructor(pool: pg.Pool, directUrl: string) {
    super({ max: pool.options.max });
    this.#pool = pool;
    this.#directUrl = directUrl;
    // graphile-worker warns about a pool without handlers. The given pool has its own.
    this.on("error", () => {});
    this.on("connect", () => {});
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Connected): undefined;
  override connect(callback?: Connected): Promise<pg.PoolClient> | undefined {
    if (!callback) return this.#pool.connect();
    connectListener(this.#directUrl).then(
      (client) => {
        const release = () => void client.end().catch(() => {});
        callback(undefined, Object.assign(client, { release }), release);
      },
      (error) => callback(error, undefined, () => {}),
    );
    return undefined;
  }

  override query = ((...args: Parameters<pg.Pool["query"]>) =>
    this.#pool.query(...args)) as pg.Pool["query"];
}
