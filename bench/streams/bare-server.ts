/** The baseline of a stream: bare `node:http`, which writes as many bytes at the same pace. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { serveCalls } from "../support/program.ts";

export type BareServer = typeof bareServer;

const streams = new Set<ServerResponse>();
let timer: NodeJS.Timeout | undefined;

const bareServer = serveCalls({
  async listen(_: object): Promise<number> {
    const server = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("retry:2000\n\n");
      streams.add(response);
      response.on("close", () => streams.delete(response));
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  },
  /** Writes a frame of `bytes` to each stream, `perSecond` times a second. */
  start({ bytes, perSecond }: { bytes: number; perSecond: number }): void {
    const chunk = Buffer.from(`data:${"x".repeat(bytes - "data:\n\n".length)}\n\n`);
    timer = setInterval(() => {
      for (const response of streams) response.write(chunk);
    }, 1_000 / perSecond);
  },
  stop(_: object): void {
    clearInterval(timer);
  },
  /** The CPU time used so far, ms. */
  cpu(_: object): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },
});
