/**
 * What ended in one web process is told to all others, by the signals that tell of jobs: a page that
 * another process keeps live has to know at once that its person has signed out.
 */
import { randomUUID } from "node:crypto";
import type { Backend } from "../backend/backend.ts";

/** No job's id begins like this. */
const mark = "ended";

export interface Ended {
  /** @param id of a session, or of a user one of whose tokens was revoked */
  tell(id: string): Promise<void>;
  /**
   * Calls the listener with what others told.
   * @returns a function that ends the subscription
   */
  hear(listener: (id: string) => void): () => void;
}

export function createEnded({ write, signals }: Pick<Backend, "write" | "signals">): Ended {
  const self = randomUUID();
  return {
    tell: (id) => write(async ({ changed }) => changed([mark, self, id].join(":"))),
    hear: (listener) =>
      signals.subscribe((change) => {
        // A signal that is lost costs a moment: who keeps something open asks again now and then.
        if (change === "resync") return;
        for (const told of change) {
          if (!told.startsWith(mark)) continue;
          const [, from, id = ""] = told.split(":");
          if (from !== self) listener(id);
        }
      }),
  };
}
