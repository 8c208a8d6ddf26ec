/** One subscription to the notifications of a process, for any number of streams that follow jobs. */
import type { ChangedIds, Notifications } from "../../backend/backend.ts";

export interface JobChangeListeners {
  /**
   * Calls the listener whenever the job may have changed.
   * @returns a function that removes the listener
   */
  add(jobId: string, listener: () => void): () => void;
}

/** Subscribed only while there is a listener. */
export function createJobChangeListeners(notifications: Notifications): JobChangeListeners {
  const listeners = new Map<string, Set<() => void>>();
  let unsubscribe: (() => void) | undefined;

  function notify(change: ChangedIds): void {
    const ids = change === "resync" ? [...listeners.keys()] : change;
    for (const id of ids) for (const listener of listeners.get(id) ?? []) listener();
  }

  return {
    add(jobId, listener) {
      const ofJob = listeners.get(jobId) ?? new Set();
      listeners.set(jobId, ofJob.add(listener));
      unsubscribe ??= notifications.subscribe(notify);
      return () => {
        ofJob.delete(listener);
        if (ofJob.size === 0) listeners.delete(jobId);
        if (listeners.size > 0) return;
        unsubscribe?.();
        unsubscribe = undefined;
      };
    },
  };
}
