/**
 * Signals over NOTIFY: ids in one channel, and one listening connection for each process. After each
 * new start of it all that is watched has to be read anew: what was sent in between is gone.
 */
import type pg from "pg";
import type { Change, Signals } from "../backend.ts";
import { connectListener } from "./listener.ts";

export const channel = "headway_jobs";
const retryMs = [100, 500, 1_000, 2_000];

/** @param directUrl straight to the server */
export function createSignals(directUrl: string): Signals {
  const listeners = new Set<(change: Change) => void>();
  let end: (() => void) | undefined;

  return {
    subscribe(listener) {
      listeners.add(listener);
      end ??= keepListening(directUrl, (change) => {
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
function keepListening(directUrl: string, tell: (change: Change) => void): () => void {
  let ended = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let client: pg.Client | undefined;

  function again(): void {
    if (ended) return;
    client?.end().catch(() => {});
    client = undefined;
    clearTimeout(timer);
    timer = setTimeout(start, retryMs[Math.min(failures++, retryMs.length - 1)]);
  }

  async function start(): Promise<void> {
    try {
      const mine = await connectListener(directUrl);
      if (ended) return void mine.end().catch(() => {});
      client = mine;
      const lose = () => {
        if (client === mine) again();
      };
      mine.on("error", lose);
      mine.on("end", lose);
      mine.on("notification", ({ payload }) => tell((payload ?? "").split(",")));
      await mine.query(`listen ${channel}`);
      failures = 0;
      tell("resync");
    } catch {
      again();
    }
  }

  void start();
  return () => {
    ended = true;
    clearTimeout(timer);
    client?.end().catch(() => {});
  };
}
