/** Tells who holds something of a session, such as an open stream, that the session has ended. */
import type { Backend } from "../backend/backend.ts";
import type { Log } from "../log.ts";
import { createSessionEndSignals } from "./session-end-signals.ts";

export interface SessionEnds {
  /**
   * Calls the listener with the id of each session that ends, and with the id of a user when their
   * role changes, one of their tokens is revoked or several of their sessions end, in this process or
   * any other. Open streams of that session or user must then be authorised again. Other processes
   * are listened to while there is a listener.
   * @returns a function that removes the listener
   */
  onSessionEnd(listener: (id: string) => void): () => void;
}

/** @param evict removes what is cached of the session or the user; called before the listeners */
export function createSessionEnds(parts: {
  backend: Pick<Backend, "write" | "notifications">;
  log: Pick<Log, "warn">;
  evict(id: string): void;
}): SessionEnds & {
  /** @param id of the session, or of the user */
  announce(id: string): Promise<void>;
} {
  const { backend, log, evict } = parts;
  const listeners = new Set<(id: string) => void>();
  const signals = createSessionEndSignals(backend);
  let unsubscribe: (() => void) | undefined;

  function notify(id: string): void {
    evict(id);
    for (const listener of listeners) listener(id);
  }

  return {
    async announce(id) {
      notify(id);
      // The session is deleted already: if this fails, other processes find out within 15 s.
      await signals
        .publish(id)
        .catch((error) => log.warn({ err: error }, "could not signal the end of a session"));
    },
    onSessionEnd(listener) {
      listeners.add(listener);
      unsubscribe ??= signals.subscribe(notify);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        unsubscribe?.();
        unsubscribe = undefined;
      };
    },
  };
}
