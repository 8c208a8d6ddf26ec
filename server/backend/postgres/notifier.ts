/** Sends the ids of changed jobs: those that come while a notification is under way go together. */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { withTimeout } from "../../with-timeout.ts";
import { channel } from "./signals.ts";

/** A payload may hold 7,999 bytes; an id and its comma are 37. */
const idsPerPayload = 200;
const limitMs = 2_000;
/** The first goes at once; all notifications of a server pass through one lock. */
const apartMs = 10;

export interface Notifier {
  /** Nobody waits for it, and a failure is no harm to what was committed: watchers also poll. */
  tell(ids: Iterable<string>): void;
  /** Resolves when all that was told has been sent, or could not be. */
  settled(): Promise<void>;
}

export function createNotifier(pool: pg.Pool): Notifier {
  const waiting = new Set<string>();
  let sending: Promise<void> | undefined;

  async function send(): Promise<void> {
    while (waiting.size > 0) {
      const ids = [...waiting].slice(0, idsPerPayload);
      for (const id of ids) waiting.delete(id);
      const sent = pool.query("select pg_notify($1, $2)", [channel, ids.join(",")]);
      await withTimeout(limitMs, sent).catch(() => {});
      if (waiting.size < idsPerPayload) await sleep(apartMs);
    }
    sending = undefined;
  }

  return {
    tell(ids) {
      for (const id of ids) waiting.add(id);
      if (waiting.size > 0) sending ??= send();
    },
    settled: async () => sending,
  };
}
