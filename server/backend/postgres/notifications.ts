/**
 * Notifications through NOTIFY: one channel of ids, and one listening connection per process. After
 * each reconnect subscribers resync, because what was sent in between is lost.
 */
import type pg from "pg";
import type { ChangedIds, Notifications } from "../backend.ts";
import { connectListener } from "./listen-connection.ts";

export const channel = "headway_jobs";
const retryMs = [100, 500, 1_000, 2_000];

/** Ends the connection, whoever is still subscribed. */
interface ClosableNotifications extends Notifications {
  close(): void;
}

/** @param directUrl straight to the server */
export function createNotifications(directUrl: string): ClosableNotifications {
  const listeners = new Set<(change: ChangedIds) => void>();
  let stop: (() => void) | undefined;

  return {
    close: () => stop?.(),
    subscribe(listener) {
      listeners.add(listener);
      stop ??= startListening(directUrl, (change) => {
        for (const each of listeners) each(change);
      });
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
}

/** Connects, and reconnects whenever the connection is lost. @returns a function that ends it */
function startListening(directUrl: string, publish: (change: ChangedIds) => void): () => void {
  let stopped = false;
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  let client: pg.Client | undefined;

  function reconnect(): void {
    if (stopped) return;
    client?.end().catch(() => {});
    client = undefined;
    clearTimeout(timer);
    timer = setTimeout(connect, retryMs[Math.min(failures++, retryMs.length - 1)]);
  }

  async function connect(): Promise<void> {
    try {
      const connected = await connectListener(directUrl);
      if (stopped) return void connected.end().catch(() => {});
      client = connected;
      const onLost = () => {
        if (client === connected) reconnect();
      };
      connected.on("error", onLost);
      connected.on("end", onLost);
      connected.on("notification", ({ payload }) => publish((payload ?? "").split(",")));
      await connected.query(`listen ${channel}`);
      failures = 0;
      publish("resync");
    } catch {
      reconnect();
    }
  }

  void connect();
  return () => {
    stopped = true;
    clearTimeout(timer);
    client?.end().catch(() => {});
  };
}
