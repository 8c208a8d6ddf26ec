/**
 * A reverse proxy that asks one web process after the other. It streams both ways, uploads and
 * event streams too, and says for whom it asks.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Upstream {
  readonly name: string;
  /** On this machine. */
  readonly port: number;
}

export interface Proxy {
  port: number;
  /** Takes no new requests; resolves when the running ones have been answered. */
  stop(): Promise<void>;
}

/** Of one connection, not of the request: https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
  "transfer-encoding",
];

/**
 * @param options.available who can be asked now
 * @param options.onPass told which of them a request went to
 * @throws where it cannot listen
 */
export async function startProxy(options: {
  host: string;
  port: number;
  available: () => Upstream[];
  onPass: (upstream: Upstream, asked: IncomingMessage) => void;
}): Promise<Proxy> {
  const { host, port, available, onPass } = options;
  let turn = 0;

  /** The one whose turn it is first. */
  function inTurn(): Upstream[] {
    const all = available();
    const first = turn++ % Math.max(1, all.length);
    return [...all.slice(first), ...all.slice(0, first)];
  }

  function pass(asked: IncomingMessage, answer: ServerResponse, [to, ...others]: Upstream[]): void {
    if (!to) return void unavailable(answer);
    const { method, url: path } = asked;
    const headers = { ...withoutHop(asked.headers), ...forwarded(asked) };
    const passed = request({
      host: "127.0.0.1",
      port: to.port,
      method,
      path,
      headers,
      agent: false,
    });
    let connected = false;
    // Nothing is read of the body before, so that the next one can be asked in place of one that
    // was just killed.
    passed.once("socket", (socket) =>
      socket.once("connect", () => {
        connected = true;
        onPass(to, asked);
        asked.pipe(passed);
      }),
    );
    passed.on("error", () => {
      if (answer.destroyed) return;
      if (!connected) pass(asked, answer, others);
      else if (answer.headersSent) answer.destroy();
      else unavailable(answer);
    });
    passed.on("response", (response) => {
      answer.writeHead(response.statusCode!, withoutHop(response.headers));
      // The first bytes of an event stream may come long after its head.
      answer.flushHeaders();
      response.on("error", () => answer.destroy());
      response.pipe(answer);
    });
    answer.once("close", () => passed.destroy());
  }

  const server = createServer({ requestTimeout: 0 }, (asked, answer) =>
    pass(asked, answer, inTurn()),
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      // A connection whose last answer has just gone out would be kept for the browser's next wish.
      const idle = setInterval(() => server.closeIdleConnections(), 100);
      await closed;
      clearInterval(idle);
    },
  };
}

function withoutHop(headers: IncomingMessage["headers"]): IncomingMessage["headers"] {
  const named = String(headers.connection ?? "")
    .toLowerCase()
    .split(/\s*,\s*/);
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !hopByHop.includes(name) && !named.includes(name)),
  );
}

function forwarded({ headers, socket }: IncomingMessage): IncomingMessage["headers"] {
  const before = headers["x-forwarded-for"];
  const chain = [...(before ? [before] : []), socket.remoteAddress];
  return {
    "x-forwarded-for": chain.join(", "),
    "x-forwarded-host": headers.host,
    "x-forwarded-proto": "http",
  };
}

function unavailable(answer: ServerResponse): void {
  answer.writeHead(503, { "content-type": "text/plain", "retry-after": "2" });
  answer.end("No web process answers at the moment. Try again in some seconds.\n");
}
