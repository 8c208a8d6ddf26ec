/**
 * Signals over NOTIFY: ids in one channel, and one listening connection for each process. A
 * listener can be lost without a word, so it is asked every 5 s; after each new start all that is
 * watched has to be read anew, for what was sent in between is gone.
 */
import pg from "pg";
import type { Change, Signals } from "../backend.ts";
import { connection } from "./pool.ts";

const channel = "headway_jobs";
/** A payload may hold 7,999 bytes; an id and its comma are 37. */
const idsPerPayload = 200;
const checkMs = 5_000;
const checkLimitMs = 3_000;
const retryMs = [100, 500, 1_000, 2_000, 5_000];

/** Sends the ids. A failure is no harm to what was committed: watchers also poll slowly. */
export async function notify(pool: pg.Pool, ids: Iterable<string>): Promise<void> {
  const all = [...ids];
  try {
    for (let from = 0; from < all.length; from += idsPerPayload) {
      const payload = all.slice(from, from + idsPerPayload).join(",");
      await pool.query("select pg_notify($1, $2)", [channel, payload]);
    }
  } catch {}
}

export function createSignals(options: { url: string; check: () => Promise<void> }): Signals {
  const listeners = new Set<(change: Change) => void>();
  let end: (() => void) | undefined;

  return {
    subscribe(listener) {
      listeners.add(listener);
      end ??= keepListening(options, (change) => {
        for (const each of listeners) each(change);
      });
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        end?.();
        end = undefined;
      };
    },
  };
}

/** @returns a function that ends it */
function keepListening(
  { url, check }: { url: string; check: () => Promise<void> },
  tell: (change: Change) => void,
): () => void {
  let ended = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let client: pg.Client | undefined;

  async function start(): Promise<void> {
    const mine = new pg.Client(connection(url));
    client = mine;
    let lost = false;
    const lose = () => {
      if (lost || ended) return;
      lost = true;
      clearTimeout(timer);
      mine.end().catch(() => {});
      timer = setTimeout(start, retryMs[Math.min(failures++, retryMs.length - 1)]);
    };
    mine.on("error", lose);
    mine.on("end", lose);
    mine.on("notification", ({ payload }) => tell((payload ?? "").split(",")));
    try {
      await mine.connect();
      await mine.query(`listen ${channel}`);
      if (ended) return void mine.end().catch(() => {});
      failures = 0;
      tell("resync");
      const ask = async () => {
        try {
          await within(checkLimitMs, mine.query("select 1"));
          await check();
          if (!lost && !ended) timer = setTimeout(ask, checkMs);
        } catch {
          lose();
        }
      };
      timer = setTimeout(ask, checkMs);
    } catch {
      lose();
    }
  }

  void start();
  return () => {
    ended = true;
    clearTimeout(timer);
    client?.end().catch(() => {});
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("no answer")), ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
