/** A proxy between a browser and the application that can fail. */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface Proxy {
  url: string;
  /** "GET /jobs", oldest first, including the requests of shared workers. */
  requests: string[];
  /** Refuses all connections while true. */
  closed: boolean;
  /** Breaks all connections in mid-transfer. */
  dropConnections(): void;
}

/**
 * Starts a proxy to a port of this machine, which stops when the test ends.
 * @param options.buffers whether it holds event streams back until they end, as nginx does by default
 */
export async function startProxy(port: number, { buffers = false } = {}): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];

  function forward(from: IncomingMessage, to: ServerResponse): void {
    if (proxy.closed) return void from.socket.destroy();
    requests.push(`${from.method} ${from.url}`);
    const { method, url: path, headers } = from;
    const upstream = request({ host: "127.0.0.1", port, method, path, headers, agent: false });
    const abort = () => to.destroy();
    upstream.on("error", abort);
    upstream.on("response", async (answer) => {
      answer.on("error", abort);
      const isStream = answer.headers["content-type"]?.startsWith("text/event-stream");
      if (buffers && isStream) await answer.toArray().catch(abort);
      if (to.destroyed) return;
      to.writeHead(answer.statusCode!, answer.rawHeaders);
      // The body of an event stream may begin long after its head.
      to.flushHeaders();
      answer.pipe(to);
    });
    to.on("close", () => upstream.destroy());
    from.pipe(upstream);
  }

  const server = createServer(forward);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const proxy: Proxy = {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    closed: false,
    dropConnections: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
  onTestFinished(() => {
    server.close();
    proxy.dropConnections();
  });
  return proxy;
}
