import pg from "pg";
import { connectListener } from "./listener.ts";

type Connected = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  release: (error?: unknown) => void,
) => void;

/**
 * The pool as graphile-worker sees it: the connection that it listens on, which it asks for with a
 * callback and keeps, is one of its own, straight to the server. For all else it uses the pool.
 */
export class ListeningPool extends pg.Pool {
  readonly #pool: pg.Pool;
  readonly #directUrl: string;

  constructor(pool: pg.Pool, directUrl: string) {
    super({ max: pool.options.max });
    this.#pool = pool;
    this.#directUrl = directUrl;
    // It looks whether somebody listens; that pool's own errors are heard there.
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

  override query = ((...given: Parameters<pg.Pool["query"]>) =>
    this.#pool.query(...given)) as pg.Pool["query"];
}
