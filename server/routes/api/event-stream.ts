/**
 * Events of one job on a raw response, from a number on: what there is already, then what comes,
 * then the end. Nothing is kept for a reader: what it has not taken yet stays in the database, so a
 * reader that stalls holds one page of events.
 */
import type { ServerResponse } from "node:http";
import { ping, retry } from "../../live/event-stream.ts";
import { onClose } from "../../live/on-close.ts";
import type { EventJson } from "./job-events.ts";

const pageSize = 100;
/** Finds what a lost signal did not tell. */
const lookMs = 2_000;
const beatMs = 15_000;
/** A reader that takes nothing for this long is let go; it can come back with its last number. */
const mostStalledBeats = 20;
/** Readers come back spread over this time, so that a deploy is no stampede. */
const spreadMs = 5_000;

export interface Feed {
  /** @param after the number behind which to read */
  next(after: number, limit: number): Promise<{ events: EventJson[]; ended: boolean }>;
  /** Asked with each beat: whether the reader may still see this. */
  isAllowed(): Promise<boolean>;
}

export interface EventStream {
  /** There may be more to read. */
  wake(): void;
  /** Ends if the reader may not see this any more. */
  check(): void;
  /** Ends in the middle, with an invitation to come back. */
  leave(): void;
}

export function streamEvents(response: ServerResponse, feed: Feed, after: number): EventStream {
  let last = after;
  let reading = false;
  let again = false;
  let stalledBeats = 0;
  const isOver = () => response.destroyed || response.writableEnded;

  function wake(): void {
    if (reading) again = true;
    else void read();
  }

  async function read(): Promise<void> {
    reading = true;
    do {
      again = false;
      // A database that is away: the next look finds what is missing.
      await catchUp().catch(() => {});
    } while (again && !isOver());
    reading = false;
  }

  async function catchUp(): Promise<void> {
    while (!isOver() && !response.writableNeedDrain) {
      const { events, ended } = await feed.next(last, pageSize);
      if (isOver()) return;
      for (const event of events) response.write(chunk(event));
      last = events.at(-1)?.seq ?? last;
      if (ended) return void response.end();
      if (events.length < pageSize) return;
    }
  }

  function check(): void {
    // A database that is away says nothing about the person.
    const allowed = feed.isAllowed().catch(() => true);
    allowed.then((is) => is || isOver() || response.end());
  }

  function beat(): void {
    check();
    if (!response.writableNeedDrain) {
      stalledBeats = 0;
      response.write(ping);
    } else if (++stalledBeats > mostStalledBeats) response.destroy();
  }

  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform, private",
    "x-accel-buffering": "no",
    "x-content-type-options": "nosniff",
  });
  response.write(ping);
  const timers = [setInterval(wake, lookMs), setInterval(beat, beatMs)];
  for (const timer of timers) timer.unref();
  response.on("drain", wake);
  response.on("error", () => {});
  onClose(response, () => timers.forEach(clearInterval));
  wake();

  return {
    wake,
    check,
    leave() {
      if (isOver()) return;
      if (response.writableNeedDrain) return void response.destroy();
      response.end(retry(500 + Math.round(Math.random() * spreadMs)));
    },
  };
}

/** Without the name of an event, so that `onmessage` of an EventSource gets every one of them. */
function chunk(event: EventJson): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
}
