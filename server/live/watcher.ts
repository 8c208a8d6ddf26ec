import type { Mailbox } from "./mailbox.ts";
import type { Topic } from "./topics.ts";

/** One stream. Who it belongs to was checked before; `end` closes it when that ends. */
export interface Watcher {
  readonly topics: readonly Topic[];
  readonly userId: string;
  readonly accountId: string;
  /** Null where an API token opened it. */
  readonly sessionId: string | null;
  /** The last log line that the page has, for each job. */
  readonly cursors: ReadonlyMap<string, number>;
  readonly mailbox: Mailbox;
  end(reason: string): void;
}
