/**
 * The events of one job on a stream of server-sent events: those behind a number, then each as it
 * happens, then the end. Events wait in the database and not here, so a slow reader costs at most
 * one page of memory.
 */
import type { EventRow } from "../../backend/schema.ts";
import { ping } from "../../live/sse-format.ts";
import type { SseResponse } from "../../live/sse-response.ts";
import { eventJson } from "./event-json.ts";

const pageSize = 100;
/** Polls, because a notification may be lost. */
const pollMs = 2_000;

/** Limits in beats of 15 s; a reader that was cut off for stalling can reconnect for the rest. */
export const eventStreamTimes = { opening: ping, checkBeats: 1, maxStalledBeats: 20 };

/** @returns the events behind `after`, and whether no more will follow them */
export type ReadEvents = (
  after: number,
  limit: number,
) => Promise<{ events: EventRow[]; ended: boolean }>;

/** @returns a function to call when there may be more to read */
export function streamJobEvents(
  sse: SseResponse,
  { read, unit }: { read: ReadEvents; unit: string | undefined },
  after: number,
): () => void {
  let last = after;
  let reading = false;
  let again = false;

  async function sendNew(): Promise<void> {
    if (reading) {
      again = true;
      return;
    }
    reading = true;
    do {
      again = false;
      // During an outage of the database, a later poll reads the missing events.
      await catchUp().catch(() => {});
    } while (again && !sse.isClosed());
    reading = false;
  }

  async function catchUp(): Promise<void> {
    while (!sse.isClosed() && !sse.isFull()) {
      const { events, ended } = await read(last, pageSize);
      if (sse.isClosed()) return;
      for (const event of events) sse.write(chunk(event, unit));
      last = events.at(-1)?.seq ?? last;
      if (ended) return sse.end();
      if (events.length < pageSize) return;
    }
  }

  const wake = () => void sendNew();
  const timer = setInterval(wake, pollMs);
  timer.unref();
  sse.onDrain(wake);
  sse.onClose(() => clearInterval(timer));
  wake();
  return wake;
}

/** Without `event:`, so that `onmessage` of an EventSource gets every event. */
function chunk(event: EventRow, unit: string | undefined): Uint8Array {
  return Buffer.from(`id: ${event.seq}\ndata: ${JSON.stringify(eventJson(event, unit))}\n\n`);
}
