/**
 * A round-robin reverse proxy. It streams requests and responses, so uploads and event streams work,
 * and sets `X-Forwarded-*` headers.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Upstream {
  readonly name: string;
  /** Port on 127.0.0.1. */
  readonly port: number;
}

export interface Proxy {
  port: number;
  /** Accepts no new requests; resolves when the pending ones have been answered. */
  stop(): Promise<void>;
}

/** Headers of one connection: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopByHopHeaders = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
  "transfer-encoding",
];

/**
 * @param options.available returns the upstreams that are ready
 * @param options.onForward called with the upstream that a request is forwarded to
 * @throws if the port is in use
 */
export async function startProxy(options: {
  host: string;
  port: number;
  available: () => Upstream[];
  onForward: (upstream: Upstream, incoming: IncomingMessage) => void;
}): Promise<Proxy> {
  const { host, port, available, onForward } = options;
  let next = 0;

  /** All available upstreams, beginning with the next one in turn. */
  function upstreamsInOrder(): Upstream[] {
    const all = available();
    const first = next++ % Math.max(1, all.length);
    return [...all.slice(first), ...all.slice(0, first)];
  }

  function forward(
    incoming: IncomingMessage,
    response: ServerResponse,
    [upstream, ...others]: Upstream[],
  ): void {
    if (!upstream) return void answerUnavailable(response);
    const { method, url: path } = incoming;
    const headers = { ...withoutHopByHop(incoming.headers), ...forwardedHeaders(incoming) };
    const forwarded = request({
      host: "127.0.0.1",
      port: upstream.port,
      method,
      path,
      headers,
      agent: false,
    });
    let connected = false;
    // The body is read only after the connection is established, so that a request to an upstream
    // that was just killed can be forwarded to another one.
    forwarded.once("socket", (socket) =>
      socket.once("connect", () => {
        connected = true;
        onForward(upstream, incoming);
        incoming.pipe(forwarded);
      }),
    );
    forwarded.on("error", () => {
      if (response.destroyed) return;
      if (!connected) forward(incoming, response, others);
      else if (response.headersSent) response.destroy();
      else answerUnavailable(response);
    });
    forwarded.on("response", (upstreamResponse) => {
      response.writeHead(upstreamResponse.statusCode!, withoutHopByHop(upstreamResponse.headers));
      // The body of an event stream may begin long after its headers.
      response.flushHeaders();
      upstreamResponse.on("error", () => response.destroy());
      upstreamResponse.pipe(response);
    });
    response.once("close", () => forwarded.destroy());
  }

  const server = createServer({ requestTimeout: 0 }, (incoming, response) =>
    forward(incoming, response, upstreamsInOrder()),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      // A connection that becomes idle while closing would otherwise stay open for keep-alive.
      const idle = setInterval(() => server.closeIdleConnections(), 100);
      await closed;
      clearInterval(idle);
    },
  };
}

function withoutHopByHop(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  const named = String(headers.connection ?? "")
    .toLowerCase()
    .split(/\s*,\s*/);
  return Object.fromEntries(
    Object.entries(headers).filter(
      ([name]) => !hopByHopHeaders.includes(name) && !named.includes(name),
    ),
  );
}

function forwardedHeaders({ headers, socket }: IncomingMessage): IncomingMessage["headers"] {
  const previous = headers["x-forwarded-for"];
  const chain = [...(previous ? [previous] : []), socket.remoteAddress];
  return {
    "x-forwarded-for": chain.join(", "),
    "x-forwarded-host": headers.host,
    "x-forwarded-proto": "http",
  };
}

function answerUnavailable(response: ServerResponse): void {
  response.writeHead(503, { "content-type": "text/plain", "retry-after": "2" });
  response.end("No web process is available. Try again in a few seconds.\n");
}
