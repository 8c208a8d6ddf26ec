/**
 * The server's clock, told by this process's monotonic one: whoever sets the clock of this machine
 * moves nothing here.
 */
import type pg from "pg";

const readings = 3;
/** Two clocks of two machines drift apart by milliseconds in this time. */
const againMs = 30_000;

export interface Clock {
  /** ms since 1970. */
  now(): number;
  close(): void;
}

/** @throws where the server cannot be asked the first time */
export async function createClock(pool: pg.Pool): Promise<Clock> {
  let offset = 0;

  /**
   * The end of the shortest of some round trips is taken as the moment that the server told: so this
   * clock is never ahead of the server's, and a job that is due at once is due there too.
   */
  async function read(): Promise<void> {
    let shortest = Number.POSITIVE_INFINITY;
    for (let time = 0; time < readings; time++) {
      const sent = performance.now();
      const { rows } = await pool.query<{ now: number }>(
        "select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now",
      );
      const received = performance.now();
      if (received - sent >= shortest) continue;
      shortest = received - sent;
      offset = rows[0]!.now - received;
    }
  }

  await read();
  // A server that is away is asked the next time.
  const timer = setInterval(() => void read().catch(() => {}), againMs);
  timer.unref();
  return {
    now: () => Math.floor(performance.now() + offset),
    close: () => clearInterval(timer),
  };
}
