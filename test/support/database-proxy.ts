/** A database behind a line that can be cut: a plain TCP proxy between the application and it. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { TestBackend } from "./backends.ts";

export interface Line {
  /** Opens the same kind of database, by way of the line. */
  backend: TestBackend;
  /** Ends all connections and refuses new ones. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

export async function cutOff(which: TestBackend): Promise<Line> {
  const sockets = new Set<Socket>();
  let target = { port: 0, host: "" };
  const proxy = createServer((near) => {
    const far = connect(target.port, target.host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    near.pipe(far).pipe(near);
  });

  async function listen(port: number): Promise<number> {
    proxy.listen(port, "127.0.0.1");
    await once(proxy, "listening");
    return (proxy.address() as { port: number }).port;
  }

  async function cut(): Promise<void> {
    if (!proxy.listening) return;
    const closed = once(proxy, "close");
    proxy.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  const port = await listen(0);
  return {
    backend: {
      name: which.name,
      async create() {
        const made = await which.create();
        const url = new URL(made.url);
        target = { port: Number(url.port), host: url.hostname };
        url.port = String(port);
        return { ...made, url: url.href };
      },
    },
    cut,
    mend: async () => void (await listen(port)),
    close: cut,
  };
}
