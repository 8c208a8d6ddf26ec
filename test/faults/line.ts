/** A line to a server that may go dead without a word: a TCP proxy that takes bytes and keeps them. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface Line {
  /** The same address by way of the line. */
  url: string;
  /** Connections that were made over it and have not ended. */
  readonly open: number;
  /** From now on no byte of the connections that are open gets through, either way, for ever. */
  silence(): void;
  /** Whether new connections are silent from their beginning. */
  silent: boolean;
}

/** @param url of a server, such as `postgres://…` */
export async function openLine(url: string): Promise<Line> {
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
    if (line.silent) hush(pair);
  });

  /** What a paused socket is sent waits, and its end with it. */
  function hush([near, far]: [Socket, Socket]): void {
    near.unpipe(far).pause();
    far.unpipe(near).pause();
  }

  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const near = new URL(url);
  near.port = String((proxy.address() as AddressInfo).port);
  const line: Line = {
    url: near.href,
    silent: false,
    get open() {
      return pairs.size;
    },
    silence() {
      for (const pair of pairs) hush(pair);
    },
  };
  onTestFinished(() => {
    proxy.close();
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  });
  return line;
}
