/**
 * Server-sent events on the raw response of node:http, for the streams of pages and of the API:
 * headers, pings, slow readers, ended sessions and shutdown. A web framework's helper costs several
 * times the CPU and memory. No header belongs to one connection, so it works on HTTP/2 as well.
 */
import type { ServerResponse } from "node:http";
import { ping, retry } from "./sse-format.ts";

/**
 * Proxies close connections that are idle for 30 to 60 s. This is the only timer of a stream, since
 * there may be thousands: longer times are counted in beats.
 */
const beatMs = 15_000;
const minRetryMs = 500;
/** A deploy ends all streams at once; their readers come back spread over this time. */
const shutdownSpreadMs = 5_000;
const ageSpreadMs = 1_000;

export interface SseResponse {
  /** Sends a chunk; should wait for `onDrain` while `isFull`. */
  write(chunk: Uint8Array): void;
  /** The connection takes no more for now, or is gone. */
  isFull(): boolean;
  /** The stream has ended or its reader has left. */
  isClosed(): boolean;
  onDrain(run: () => void): void;
  /** Runs at once where the reader has left already, because no event follows then. */
  onClose(run: () => void): void;
  end(): void;
}

export interface SseOptions {
  /** Whose stream this is; `sessionId` is null where an API token opened it. */
  owner: { userId: string; sessionId: string | null };
  /** Sent with the headers. */
  opening: Uint8Array;
  /** Whether the owner may still read this stream; a rejection counts as yes. */
  isAllowed(): Promise<boolean>;
  /** Sent last when the owner may not. */
  farewell?: Uint8Array;
  /** A permission may end without a signal: it expired, or the signal was lost. */
  checkBeats: number;
  /** A reader that takes nothing for longer is disconnected. */
  maxStalledBeats: number;
  /** A reader that is this far behind is disconnected without that delay. */
  isTooFarBehind?(): boolean;
  /** The stream ends then and its reader comes back; without it, it lasts as long as it is open. */
  maxBeats?: number;
}

/** The open streams of a process. */
export interface SseResponses {
  /** @param response whose head has not been written */
  open(response: ServerResponse, options: SseOptions): SseResponse;
  /**
   * Ends the streams of a session.
   * @param id of the session; or of a user, one of whose API tokens was revoked
   */
  endSession(id: string): void;
  /** Ends every stream and asks the readers to come back. */
  endAll(): void;
  readonly count: number;
}

/** What the set of open streams needs of each beside its reader's part. */
interface OpenStream extends SseResponse {
  readonly owner: SseOptions["owner"];
  deny(): void;
  check(): void;
  endWithRetry(spreadMs: number): void;
}

export function createSseResponses(): SseResponses {
  const streams = new Set<OpenStream>();
  return {
    get count() {
      return streams.size;
    },
    open(response, options) {
      const stream = openStream(response, options);
      streams.add(stream);
      stream.onClose(() => streams.delete(stream));
      return stream;
    },
    endSession(id) {
      for (const stream of [...streams]) {
        const { userId, sessionId } = stream.owner;
        if (sessionId === id) stream.deny();
        else if (sessionId === null && userId === id) stream.check();
      }
    },
    endAll() {
      for (const stream of [...streams]) stream.endWithRetry(shutdownSpreadMs);
    },
  };
}

function openStream(response: ServerResponse, options: SseOptions): OpenStream {
  // Closures keep these alone, and not the options with their opening, for as long as the stream.
  const { owner, farewell, isAllowed, isTooFarBehind } = options;
  const { checkBeats, maxStalledBeats, maxBeats } = options;
  let beats = 0;
  let stalledBeats = 0;

  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "private, no-cache, no-transform",
    "x-accel-buffering": "no",
    "x-content-type-options": "nosniff",
  });
  response.write(options.opening);
  response.on("error", ignore);
  const timer = setInterval(beat, beatMs);
  timer.unref();

  const isClosed = () => response.destroyed || response.writableEnded;
  const isFull = () =>
    response.destroyed || (response.socket?.writableNeedDrain ?? response.writableNeedDrain);

  function write(chunk: Uint8Array): void {
    // Behind the last chunk it would be read as the beginning of the next answer.
    if (response.writableEnded) return;
    const { socket } = response;
    // HTTP/1.0 and HTTP/2 have no chunks.
    if (socket && response.chunkedEncoding) socket.write(asHttpChunk(chunk));
    else response.write(chunk);
  }

  function onClose(run: () => void): void {
    if (response.destroyed) run();
    else response.on("close", run);
  }

  function beat(): void {
    if (++beats === maxBeats) {
      endWithRetry(ageSpreadMs);
      return;
    }
    if (beats % checkBeats === 0) check();
    if (!isFull()) {
      stalledBeats = 0;
      write(ping);
    } else if (++stalledBeats > maxStalledBeats || isTooFarBehind?.()) response.destroy();
  }

  function check(): void {
    isAllowed()
      // While the database is away nobody is sent off.
      .catch(() => true)
      .then((isStill) => isStill || deny());
  }

  function deny(): void {
    if (isClosed()) return;
    response.end(farewell);
  }

  function endWithRetry(spreadMs: number): void {
    if (isClosed()) return;
    if (isFull()) response.destroy();
    else response.end(retry(minRetryMs + Math.round(Math.random() * spreadMs)));
  }

  onClose(() => clearInterval(timer));
  return {
    owner,
    write,
    isFull,
    isClosed,
    onClose,
    onDrain(run) {
      const { socket } = response;
      response.on("drain", run);
      socket?.on("drain", run);
      // The connection may serve other requests after this one.
      response.on("close", () => socket?.off("drain", run));
    },
    end: () => void response.end(),
    deny,
    check,
    endWithRetry,
  };
}

function ignore(): void {}

/** One frame goes to every watcher of a job in turn, so the last chunk is often the next one. */
let last: { chunk: Uint8Array; framed: Uint8Array } | undefined;

/**
 * Node writes a chunk in four parts (length, line end, data, line end) and gathers them again for
 * the system. Framed once for all its readers, a chunk takes two thirds of the CPU.
 * https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
function asHttpChunk(chunk: Uint8Array): Uint8Array {
  if (last?.chunk === chunk) return last.framed;
  const head = `${chunk.length.toString(16)}\r\n`;
  const framed = Buffer.allocUnsafe(head.length + chunk.length + 2);
  framed.write(head, "latin1");
  framed.set(chunk, head.length);
  framed.write("\r\n", head.length + chunk.length, "latin1");
  last = { chunk, framed };
  return framed;
}
