/** A TCP proxy whose connections can go dead without being closed, as behind a lost router. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface SilentProxy {
  /** The server's address by way of the proxy. */
  url: string;
  /** The number of open connections. */
  readonly open: number;
  /** Stops forwarding on all open connections, in both directions, for ever. */
  silence(): void;
  /** Whether new connections are silent from the start. */
  silent: boolean;
}

/** @param url of a server, such as `postgres://…` */
export async function startSilentProxy(url: string): Promise<SilentProxy> {
  const target = new URL(url);
  const pairs = new Set<[Socket, Socket]>();

  const proxy = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    for (const [at, socket] of pair.entries()) {
      socket.on("error", () => {});
      socket.on("close", () => {
        pairs.delete(pair);
        pair[1 - at]!.destroy();
      });
    }
    near.pipe(far).pipe(near);
    if (silentProxy.silent) silencePair(pair);
  });

  /** A paused socket keeps what it receives, including the end of the connection. */
  function silencePair([near, far]: [Socket, Socket]): void {
    near.unpipe(far).pause();
    far.unpipe(near).pause();
  }

  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const near = new URL(url);
  near.port = String((proxy.address() as AddressInfo).port);
  const silentProxy: SilentProxy = {
    url: near.href,
    silent: false,
    get open() {
      return pairs.size;
    },
    silence() {
      for (const pair of pairs) silencePair(pair);
    },
  };
  onTestFinished(() => {
    proxy.close();
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  });
  return silentProxy;
}
