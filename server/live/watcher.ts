import type { Mailbox } from "./mailbox.ts";
import type { Topic } from "./topics.ts";

/** One stream of pages; its person was authorised for each topic. */
export interface Watcher {
  readonly topics: readonly Topic[];
  readonly userId: string;
  readonly accountId: string;
  /** The last log line that the page has, for each job. */
  readonly cursors: ReadonlyMap<string, number>;
  readonly mailbox: Mailbox;
  /** Ends the stream: it has been sent everything that it watches. */
  end(): void;
}
