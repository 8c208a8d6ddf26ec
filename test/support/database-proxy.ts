/** A TCP proxy between the application and its database, for tests of outages. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { TestBackend } from "./backends.ts";

export interface DatabaseProxy {
  /** Creates databases that are reached through the proxy. */
  backend: TestBackend;
  /** Closes all connections and refuses new ones. */
  disconnect(): Promise<void>;
  reconnect(): Promise<void>;
  close(): Promise<void>;
}

export async function startDatabaseProxy(which: TestBackend): Promise<DatabaseProxy> {
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

  async function disconnect(): Promise<void> {
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
      async create(options) {
        const created = await which.create(options);
        const url = new URL(created.url);
        target = { port: Number(url.port), host: url.hostname };
        url.port = String(port);
        return { ...created, url: url.href };
      },
    },
    disconnect,
    reconnect: async () => void (await listen(port)),
    close: disconnect,
  };
}
