/** `GET /metrics` on a port of its own, which no proxy of the public leads to. */
import { createServer, type Server } from "node:http";
import type { Registry } from "prom-client";

/** @throws where the port is taken */
export function serveFigures(figures: Registry, host: string, port: number): Promise<Server> {
  const server = createServer(async (request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": figures.contentType });
    response.end(await figures.metrics());
  });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new Error("the port is in use") : error),
    );
    server.listen(port, host, () => {
      // It keeps no process from ending.
      server.unref();
      resolve(server);
    });
  });
}
