/** Announces to all pages that the database cannot be read, and later that it can again. */
import type { Log } from "../log.ts";
import { event } from "./sse-format.ts";
import type { Watcher } from "./subscriptions.ts";

export interface Staleness {
  onSuccess(): void;
  onFailure(error: unknown): void;
  /** Announces to a new watcher that the pages are stale, if they are. */
  sendSnapshot(watcher: Watcher): void;
}

/** @param watchers the current watchers of this process */
export function createStaleness(options: {
  watchers: ReadonlySet<Watcher>;
  now: () => number;
  log: Log;
}): Staleness {
  const { watchers, now, log } = options;
  let stale = false;

  function setStale(value: boolean): void {
    if (stale === value) return;
    stale = value;
    for (const watcher of watchers) send(watcher);
  }

  function send({ mailbox }: Watcher): void {
    mailbox.put("stale", event(stale ? "stale" : "fresh", String(now())));
  }

  return {
    onSuccess: () => setStale(false),
    onFailure(error) {
      if (!stale) log.warn({ err: error }, "changes cannot be read; pages keep what they show");
      setStale(true);
    },
    sendSnapshot(watcher) {
      if (stale) send(watcher);
    },
  };
}
