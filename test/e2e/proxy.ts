/** What may stand between a browser and the application, and misbehave. */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface Proxy {
  url: string;
  /** "GET /jobs", oldest first, with what a browser's shared worker asks for. */
  requests: string[];
  /** While true nobody gets through. */
  closed: boolean;
  /** Breaks all connections, in the middle of what they carry. */
  cut(): void;
}

/**
 * Passes everything on to a port of this machine until the test ends.
 * @param options.buffers keeps an event stream to itself until it ends, as nginx does by default
 */
export async function startProxy(port: number, { buffers = false } = {}): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];

  function pass(from: IncomingMessage, to: ServerResponse): void {
    if (proxy.closed) return void from.socket.destroy();
    requests.push(`${from.method} ${from.url}`);
    const { method, url: path, headers } = from;
    const upstream = request({ host: "127.0.0.1", port, method, path, headers, agent: false });
    const giveUp = () => to.destroy();
    upstream.on("error", giveUp);
    upstream.on("response", async (answer) => {
      answer.on("error", giveUp);
      const isStream = answer.headers["content-type"]?.startsWith("text/event-stream");
      if (buffers && isStream) await answer.toArray().catch(giveUp);
      if (to.destroyed) return;
      to.writeHead(answer.statusCode!, answer.rawHeaders);
      // A stream's first bytes may come long after its head.
      to.flushHeaders();
      answer.pipe(to);
    });
    to.on("close", () => upstream.destroy());
    from.pipe(upstream);
  }

  const server = createServer(pass);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const proxy: Proxy = {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    closed: false,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
  onTestFinished(() => {
    server.close();
    proxy.cut();
  });
  return proxy;
}
