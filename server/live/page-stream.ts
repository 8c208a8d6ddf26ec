/** The event stream of a browser's pages: a mailbox on top of server-sent events. */
import type { ServerResponse } from "node:http";
import { createMailbox, type Mailbox } from "./mailbox.ts";
import { event, retry } from "./sse-format.ts";
import type { SseOptions, SseResponses } from "./sse-response.ts";

const retryMs = 2_000;
/** Proxies and phones break long streams in their own ways; these end after 10 to 15 minutes. */
const minBeats = 40;
const moreBeats = 20;
const checkBeats = 4;
const maxStalledBeats = 2;
const maxWaitingBytes = 256_000;
/** The browser does not come back after "signed-out" or "ended". */
const signedOut = event("bye", "signed-out");
const ended = event("bye", "ended");

export interface PageStream {
  mailbox: Mailbox;
  /** Ends once everything in the mailbox is sent: there is nothing more to watch. */
  end(): void;
  onClose(run: () => void): void;
}

export function openPageStream(
  streams: SseResponses,
  response: ServerResponse,
  options: Pick<SseOptions, "owner" | "isAllowed"> & {
    /** Names the page's assets: an open page with others may reload itself. */
    version: string;
  },
): PageStream {
  const { owner, isAllowed, version } = options;
  let ending = false;
  const sse = streams.open(response, {
    owner,
    isAllowed,
    opening: Buffer.concat([retry(retryMs), event("hello", version)]),
    farewell: signedOut,
    checkBeats,
    maxStalledBeats,
    maxBeats: minBeats + Math.floor(Math.random() * moreBeats),
    isTooFarBehind: () => mailbox.waitingBytes > maxWaitingBytes,
  });
  const mailbox = createMailbox(sse.write, sse.isFull);
  sse.onDrain(flush);

  function flush(): void {
    mailbox.flush();
    if (ending && mailbox.waitingBytes === 0) sse.end();
  }

  function end(): void {
    if (ending || sse.isClosed()) return;
    ending = true;
    mailbox.append(ended);
    flush();
  }

  return { mailbox, end, onClose: sse.onClose };
}
