/**
 * Limits the time in which the body of a request arrives. The `requestTimeout` of node:http counts from
 * the first byte of a request, so it would also cut uploads that make progress.
 */
import type { IncomingMessage } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";

export interface BodyTimeouts {
  /** Time for a whole body, such as a form or JSON. */
  bodyMs: number;
  /** Time without a byte of an upload, which may take hours. */
  uploadIdleMs: number;
}

interface Limit {
  timer: NodeJS.Timeout;
  uploadIdleMs: number;
  cut(): void;
}

const limits = new WeakMap<IncomingMessage, Limit>();

const timeoutResponse = Buffer.from("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n");

/** Answers 408 and closes the connection if the body has not arrived in time. */
export function bodyTimeout({ bodyMs, uploadIdleMs }: BodyTimeouts): MiddlewareHandler {
  return async (c, next) => {
    const { incoming, outgoing } = (c.env ?? {}) as Partial<HttpBindings>;
    if (incoming?.complete === false && hasBody(incoming)) {
      const cut = () => {
        if (incoming.complete) return;
        if (outgoing?.headersSent === false) incoming.socket.write(timeoutResponse);
        incoming.destroy();
      };
      const timer = setTimeout(cut, bodyMs);
      limits.set(incoming, { timer, uploadIdleMs, cut });
      incoming.once("close", () => clearTimeout(timer));
    }
    await next();
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"]) > 0;
}

/**
 * Passes the chunks of an upload on for as long as bytes come: from now on the body is cut only after a
 * silence. The time in which the storage takes a chunk does not count.
 */
export async function* untilIdle(
  incoming: IncomingMessage,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const limit = limits.get(incoming);
  if (!limit) return yield* chunks;
  clearTimeout(limit.timer);
  let isWaiting = true;
  const idle = setTimeout(() => (isWaiting ? limit.cut() : idle.refresh()), limit.uploadIdleMs);
  try {
    for await (const chunk of chunks) {
      isWaiting = false;
      yield chunk;
      isWaiting = true;
      idle.refresh();
    }
  } finally {
    clearTimeout(idle);
  }
}
