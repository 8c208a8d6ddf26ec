/**
 * Server-sent events on a raw response of node:http, for the streams of pages and of the API. Handles
 * headers, pings, slow readers, ended sessions and shutdown. The helper of a web framework needs
 * several times the CPU and memory. There are no headers of HTTP/1.1 connections, so HTTP/2 works.
 */
import type { ServerResponse } from "node:http";
import { LimitReached } from "../limit-reached.ts";
import { ping, retry } from "./sse-format.ts";

/**
 * Interval of the pings: proxies close connections that are idle for 30 to 60 s. Each stream has only
 * this timer, because there may be thousands of streams, so longer times are counted in beats.
 */
const beatMs = 15_000;
const minRetryMs = 500;
/** A deploy ends all streams at once. Their readers reconnect spread over this time. */
const shutdownSpreadMs = 5_000;
const ageSpreadMs = 1_000;
/** The stream of a closed page may count until its next ping. */
const tooManyRetrySeconds = beatMs / 1_000;

export interface SseResponse {
  /** Sends a chunk. While `isFull`, wait for `onDrain` first. */
  write(chunk: Uint8Array): void;
  /** Whether the connection accepts no more data for now, or is closed. */
  isFull(): boolean;
  /** Whether the stream has ended or its reader has disconnected. */
  isClosed(): boolean;
  onDrain(run: () => void): void;
  /** Calls `run` at once if the reader has disconnected already, because "close" is not emitted again. */
  onClose(run: () => void): void;
  end(): void;
}

export interface SseOptions {
  /** `sessionId` is null if an API token opened the stream. */
  owner: { userId: string; sessionId: string | null };
  /** Sent with the headers. */
  opening: Uint8Array;
  /** Whether the owner may still read this stream. A rejection counts as yes. */
  isAllowed(): Promise<boolean>;
  /** Sent last if the owner may no longer read the stream. */
  farewell?: Uint8Array;
  /** Beats between two checks of `isAllowed`, for permissions that end without a signal. */
  checkBeats: number;
  /** A reader that receives nothing for more beats is disconnected. */
  maxStalledBeats: number;
  /** Whether to disconnect a slow reader before that. */
  isTooFarBehind?(): boolean;
  /** The stream ends after this many beats and its reader reconnects. Default: no limit. */
  maxBeats?: number;
}

/** The open streams of a process. */
export interface SseResponses {
  /**
   * @param response without written headers
   * @throws LimitReached if the owner has too many streams at this process
   */
  open(response: ServerResponse, options: SseOptions): SseResponse;
  /**
   * Ends the streams of a session, or those that a user may no longer read.
   * @param id of the session or the user
   */
  endSession(id: string): void;
  /** Ends every stream and asks the readers to reconnect. */
  endAll(): void;
  readonly count: number;
}

interface OpenStream extends SseResponse {
  readonly owner: SseOptions["owner"];
  deny(): void;
  check(): void;
  endWithRetry(spreadMs: number): void;
}

/** @param maxPerPerson streams of one person */
export function createSseResponses(maxPerPerson = Number.POSITIVE_INFINITY): SseResponses {
  const streams = new Set<OpenStream>();
  const countByUser = new Map<string, number>();

  function countStream(userId: string, change: 1 | -1): void {
    const count = (countByUser.get(userId) ?? 0) + change;
    if (count > 0) countByUser.set(userId, count);
    else countByUser.delete(userId);
  }

  return {
    get count() {
      return streams.size;
    },
    open(response, options) {
      const { userId } = options.owner;
      if ((countByUser.get(userId) ?? 0) >= maxPerPerson) {
        throw new LimitReached("maxStreams", maxPerPerson, tooManyRetrySeconds);
      }
      const stream = openStream(response, options);
      streams.add(stream);
      countStream(userId, 1);
      stream.onClose(() => {
        if (streams.delete(stream)) countStream(userId, -1);
      });
      return stream;
    },
    endSession(id) {
      for (const stream of [...streams]) {
        const { userId, sessionId } = stream.owner;
        if (sessionId === id) stream.deny();
        else if (userId === id) stream.check();
      }
    },
    endAll() {
      for (const stream of [...streams]) stream.endWithRetry(shutdownSpreadMs);
    },
  };
}

function openStream(response: ServerResponse, options: SseOptions): OpenStream {
  // Destructured, so that the closures of the stream do not keep `options.opening` in memory.
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
    // The client would take it for the beginning of the next response.
    if (response.writableEnded) return;
    const { socket } = response;
    // HTTP/1.0 and HTTP/2 have no chunked encoding.
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
      // Streams stay open while the database is unavailable.
      .catch(() => true)
      .then((isStillAllowed) => isStillAllowed || deny());
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
      // The connection may serve other requests later.
      response.on("close", () => socket?.off("drain", run));
    },
    end: () => void response.end(),
    deny,
    check,
    endWithRetry,
  };
}

function ignore(): void {}

/** A frame goes to all watchers of a job in turn, so the next chunk is often the same. */
let last: { chunk: Uint8Array; framed: Uint8Array } | undefined;

/**
 * Encodes a chunk once for all readers, which saves a third of the CPU. Node would write four parts
 * (length, line end, data, line end) for each reader and join them again.
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
