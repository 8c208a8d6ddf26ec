/**
 * What ended in one web process is told to all others, by the signals that tell of jobs: a page that
 * another process keeps live has to know at once that its person has signed out.
 */
import { randomUUID } from "node:crypto";
import type { Backend } from "../backend/backend.ts";

/** No job's id begins like this. */
const prefix = "ended";

export interface SessionEndSignals {
  /** @param id of a session, or of a user one of whose tokens was revoked */
  publish(id: string): Promise<void>;
  /**
   * Calls the listener with what others told.
   * @returns a function that ends the subscription
   */
  subscribe(listener: (id: string) => void): () => void;
}

export function createSessionEndSignals({
  write,
  signals,
}: Pick<Backend, "write" | "signals">): SessionEndSignals {
  const self = randomUUID();
  return {
    publish: (id) => write(async ({ changed }) => changed([prefix, self, id].join(":"))),
    subscribe: (listener) =>
      signals.subscribe((change) => {
        // A signal that is lost costs a moment: who keeps something open asks again now and then.
        if (change === "resync") return;
        for (const told of change) {
          if (!told.startsWith(prefix)) continue;
          const [, from, id = ""] = told.split(":");
          if (from !== self) listener(id);
        }
      }),
  };
}
