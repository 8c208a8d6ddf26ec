/** Sends the ids of changed jobs. Ids that arrive while a notification is sent go together. */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { withTimeout } from "../../with-timeout.ts";
import { channel } from "./notifications.ts";

/** A payload may have 7,999 bytes; an id and its comma have 37. */
const maxIdsPerPayload = 200;
const timeoutMs = 2_000;
/** Pause between small payloads, because all notifications of a server take the same lock. */
const pauseMs = 10;

export interface Notifier {
  /** Does not wait, and may fail silently: the change is committed, and subscribers also poll. */
  notify(ids: Iterable<string>): void;
  /** Resolves when all ids so far were sent or have failed. */
  flush(): Promise<void>;
}

export function createNotifier(pool: pg.Pool): Notifier {
  const pending = new Set<string>();
  let sending: Promise<void> | undefined;

  async function send(): Promise<void> {
    while (pending.size > 0) {
      const ids = [...pending].slice(0, maxIdsPerPayload);
      for (const id of ids) pending.delete(id);
      const sent = pool.query("select pg_notify($1, $2)", [channel, ids.join(",")]);
      await withTimeout(timeoutMs, sent).catch(() => {});
      if (pending.size < maxIdsPerPayload) await sleep(pauseMs);
    }
    sending = undefined;
  }

  return {
    notify(ids) {
      for (const id of ids) pending.add(id);
      if (pending.size > 0) sending ??= send();
    },
    flush: async () => sending,
  };
}
