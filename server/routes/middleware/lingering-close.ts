/**
 * Reads and discards the rest of a refused upload for up to 30 s before closing, because closing
 * while the client still sends makes its system drop our answer:
 * https://www.rfc-editor.org/rfc/rfc9112#section-9.6
 */
import { finished } from "node:stream/promises";
import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";

/** The defaults of nginx: https://nginx.org/en/docs/http/ngx_http_core_module.html#lingering_close */
const maxLingerMs = 30_000;
const maxSilenceMs = 5_000;

/** These have no body to read, and event streams never end. */
const methodsWithoutBody = ["GET", "HEAD"];
const statusesWithoutBody = [204, 304];

/** Must be the outermost middleware: it replaces the final response. */
export const lingeringClose: MiddlewareHandler = async (c, next) => {
  await next();
  if (methodsWithoutBody.includes(c.req.method)) return;
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  if (incoming?.complete !== false || incoming.destroyed) return;
  if (statusesWithoutBody.includes(c.res.status)) return;
  const answer = new Uint8Array(await c.res.arrayBuffer());
  c.res = new Response(answerThenDrain(answer, incoming), c.res);
  // With the length known, the client has the whole answer at once and may stop sending.
  c.header("Content-Length", String(answer.length));
  c.header("Connection", "close");
};

function answerThenDrain(answer: Uint8Array, incoming: HttpBindings["incoming"]): ReadableStream {
  return new ReadableStream({
    async start(controller) {
      if (answer.length > 0) controller.enqueue(answer);
      await drain(incoming);
      controller.close();
    },
  });
}

/** Discards the rest of the request until it ends or a time limit passes. */
async function drain(incoming: HttpBindings["incoming"]): Promise<void> {
  // Node destroys a socket that is idle for this long.
  incoming.socket.setTimeout(maxSilenceMs);
  // The listeners of an earlier reader might pause the stream.
  incoming.removeAllListeners("data").resume();
  await finished(incoming, { signal: AbortSignal.timeout(maxLingerMs) }).catch(() => {});
}
