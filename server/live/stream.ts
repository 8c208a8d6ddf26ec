/**
 * An event stream on a raw response: the helpers of web frameworks cost several times the
 * processor and memory of writing to it. Works on HTTP/1.1 and HTTP/2, so no header that belongs
 * to one connection is set.
 */
import type { ServerResponse } from "node:http";
import { event, ping, retry } from "./event-stream.ts";
import { createMailbox, type Mailbox } from "./mailbox.ts";
import { onClose } from "./on-close.ts";
import { createSink } from "./sink.ts";

const firstRetryMs = 2_000;
/** A stream has one timer, for there are thousands of streams: all else is counted in its beats. */
const beatMs = 15_000;
/** Proxies and phones break long streams in their own ways; ours end in time, spread out. */
const ageBeats = { least: 40, more: 20 };
/** A session may end in another process, or by its time. */
const askAgainBeats = 4;
/** A reader that takes nothing for this long, or leaves this much waiting, is let go. */
const stalledMs = 30_000;
const mostWaiting = 256_000;

export interface Stream {
  mailbox: Mailbox;
  /** Says why, and ends; a browser that is told "signed-out" does not come back. */
  end(reason: string): void;
  onClose(run: () => void): void;
}

export function openStream(
  response: ServerResponse,
  options: {
    /** Names the assets: a page that has others may load itself anew. */
    version: string;
    /** Whether the person may still watch. */
    isAllowed: () => Promise<boolean>;
  },
): Stream {
  const lastBeat = ageBeats.least + Math.floor(Math.random() * ageBeats.more);
  let beats = 0;
  let stalledSince = 0;
  let ending = false;

  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
    "x-content-type-options": "nosniff",
  });
  response.write(retry(firstRetryMs));
  response.write(event("hello", options.version));
  const { write, isFull, onDrain } = createSink(response);
  const mailbox = createMailbox(write, isFull);

  const timer = setInterval(() => {
    if (++beats === lastBeat) return leave("age");
    if (beats % askAgainBeats === 0) void ask();
    if (!isFull()) {
      stalledSince = 0;
      write(ping);
      return;
    }
    stalledSince ||= Date.now();
    const late = Date.now() - stalledSince > stalledMs || mailbox.waitingBytes > mostWaiting;
    if (late) response.destroy();
  }, beatMs);
  timer.unref();

  onDrain(flush);
  response.on("error", () => {});
  onClose(response, () => clearInterval(timer));

  function flush(): void {
    mailbox.flush();
    if (ending && mailbox.waitingBytes === 0) response.end();
  }

  async function ask(): Promise<void> {
    // A database that is away is no reason to send anybody off.
    if (!(await options.isAllowed().catch(() => true))) end("signed-out");
  }

  /** The wait before the browser comes back is spread, so that a deploy is no stampede. */
  function leave(why: "age" | "shutdown"): void {
    const spreadMs = why === "age" ? 1_000 : 5_000;
    if (isFull()) {
      response.destroy();
      return;
    }
    response.write(retry(500 + Math.round(Math.random() * spreadMs)));
    response.end();
  }

  function end(reason: string): void {
    if (response.writableEnded) return;
    if (reason === "shutdown") leave("shutdown");
    else if (reason === "signed-out") {
      response.write(event("bye", reason));
      response.end();
    } else if (!ending) {
      ending = true;
      // Behind what waits, for the end of a job may be among it.
      mailbox.append(event("bye", reason));
      flush();
    }
  }

  return { mailbox, end, onClose: (run) => onClose(response, run) };
}
