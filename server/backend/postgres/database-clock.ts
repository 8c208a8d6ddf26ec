/**
 * The database server's clock, extrapolated with this process's monotonic clock. Setting the clock
 * of this machine changes nothing.
 */
import type pg from "pg";

const readings = 3;
/** The clocks of two machines drift apart by milliseconds in this time. */
const syncIntervalMs = 30_000;

export interface DatabaseClock {
  /** ms since 1970 */
  now(): number;
  close(): void;
}

/** @throws if the first query fails */
export async function createDatabaseClock(pool: pg.Pool): Promise<DatabaseClock> {
  let offset = 0;

  /**
   * Uses the shortest of some round trips, and takes its end as the time at which the server read
   * its clock. So this clock is never ahead of the server's, and a job that is due here is due there.
   */
  async function sync(): Promise<void> {
    let shortest = Number.POSITIVE_INFINITY;
    for (let reading = 0; reading < readings; reading++) {
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

  await sync();
  // If the server is unavailable, the next interval tries again.
  const timer = setInterval(() => void sync().catch(() => {}), syncIntervalMs);
  timer.unref();
  return {
    now: () => Math.floor(performance.now() + offset),
    close: () => clearInterval(timer),
  };
}
