/** The event stream of a browser's pages: a mailbox on top of server-sent events. */
import type { ServerResponse } from "node:http";
import { createMailbox, type Mailbox } from "./mailbox.ts";
import { event, retry } from "./sse-format.ts";
import type { SseOptions, SseResponses } from "./sse-response.ts";

const retryMs = 2_000;
/** Streams end after 10 to 15 minutes, because proxies and phones may break longer ones silently. */
const minBeats = 40;
const randomBeats = 20;
const checkBeats = 4;
const maxStalledBeats = 2;
const maxWaitingBytes = 256_000;
/** The browser does not connect again after "signed-out" or "ended". */
const signedOut = event("bye", "signed-out");
const ended = event("bye", "ended");

export interface PageStream {
  mailbox: Mailbox;
  /** Ends the stream for good, once the mailbox is empty. */
  end(): void;
  onClose(run: () => void): void;
}

export function openPageStream(
  streams: SseResponses,
  response: ServerResponse,
  options: Pick<SseOptions, "owner" | "isAllowed"> & {
    /** Version of the assets. An open page with another version may reload itself. */
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
    maxBeats: minBeats + Math.floor(Math.random() * randomBeats),
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
