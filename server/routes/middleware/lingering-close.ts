/**
 * Answers that go out while the request still comes: the file is too large, nobody is signed in.
 * Closing the connection then, with bytes unread, makes the client's system throw away the answer
 * that it already had. So the rest is read, and goes nowhere, before the connection closes:
 * https://www.rfc-editor.org/rfc/rfc9112#section-9.6
 */
import { finished } from "node:stream/promises";
import type { HttpBindings } from "@hono/node-server";
import type { MiddlewareHandler } from "hono";

/** As nginx has them: https://nginx.org/en/docs/http/ngx_http_core_module.html#lingering_close */
const lingerMs = 30_000;
const silenceMs = 5_000;

/** Nothing is sent with them that anybody would wait for, and some are answered without end. */
const reading = ["GET", "HEAD"];
const withoutBody = [204, 304];

/** Goes before all that makes or changes answers. */
export const lingeringClose: MiddlewareHandler = async (c, next) => {
  await next();
  if (reading.includes(c.req.method)) return;
  const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
  if (incoming?.complete !== false || incoming.destroyed) return;
  if (withoutBody.includes(c.res.status)) return;
  const answer = new Uint8Array(await c.res.arrayBuffer());
  c.res = new Response(answerThenRead(answer, incoming), c.res);
  // The client has the answer whole while the connection waits, and may stop sending.
  c.header("Content-Length", String(answer.length));
  c.header("Connection", "close");
};

function answerThenRead(answer: Uint8Array, incoming: HttpBindings["incoming"]): ReadableStream {
  return new ReadableStream({
    async start(controller) {
      if (answer.length > 0) controller.enqueue(answer);
      await readToTheEnd(incoming);
      controller.close();
    },
  });
}

/** Gives up after a while: the answer has had its time to arrive. */
async function readToTheEnd(incoming: HttpBindings["incoming"]): Promise<void> {
  // Node destroys a socket on which nothing has moved for so long.
  incoming.socket.setTimeout(silenceMs);
  // Who read before might hold the stream back.
  incoming.removeAllListeners("data").resume();
  await finished(incoming, { signal: AbortSignal.timeout(lingerMs) }).catch(() => {});
}
