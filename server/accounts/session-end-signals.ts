/**
 * Signals the end of a session to all web processes, over the channel that signals job changes: an
 * open stream in another process must close when its person signs out.
 */
import { randomUUID } from "node:crypto";
import type { Backend } from "../backend/backend.ts";

/** Tells these signals from job ids, which are UUIDs. */
const prefix = "ended";

export interface SessionEndSignals {
  /** @param id of a session, or of a user whose role changed or whose token was revoked */
  publish(id: string): Promise<void>;
  /**
   * Calls the listener with the ids that other processes publish.
   * @returns a function that ends the subscription
   */
  subscribe(listener: (id: string) => void): () => void;
}

export function createSessionEndSignals({
  write,
  notifications,
}: Pick<Backend, "write" | "notifications">): SessionEndSignals {
  const self = randomUUID();
  return {
    publish: (id) => write(async ({ notify }) => notify([prefix, self, id].join(":"))),
    subscribe: (listener) =>
      notifications.subscribe((change) => {
        // A lost signal costs at most 15 s: every open stream checks its session that often.
        if (change === "resync") return;
        for (const signal of change) {
          if (!signal.startsWith(prefix)) continue;
          const [, from, id = ""] = signal.split(":");
          if (from !== self) listener(id);
        }
      }),
  };
}
