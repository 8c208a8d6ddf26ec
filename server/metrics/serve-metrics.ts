/** `GET /metrics` on a separate port, so that the public proxy does not expose it. */
import { createServer, type Server } from "node:http";
import type { Registry } from "prom-client";

/** @throws if the port is in use */
export function serveMetrics(registry: Registry, host: string, port: number): Promise<Server> {
  const server = createServer(async (request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": registry.contentType });
    response.end(await registry.metrics());
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new Error("the port is in use") : error),
    );
    server.listen(port, host, () => {
      // The server must not keep the process alive.
      server.unref();
      resolve(server);
    });
  });
}
