/** A service on the other side of a connection, for kinds that ask it. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Answers a request, given how many were asked before. */
export type Answer = (asked: number, response: ServerResponse) => void | Promise<void>;

export async function withService<T>(
  answer: Answer,
  work: (url: string) => Promise<T>,
): Promise<T> {
  let asked = 0;
  const service = createServer((_, response) => void answer(asked++, response));
  await new Promise<void>((resolve) => void service.listen(0, "127.0.0.1", resolve));
  try {
    return await work(`http://127.0.0.1:${(service.address() as AddressInfo).port}`);
  } finally {
    service.close();
    service.closeAllConnections();
  }
}

/** Says yes after some time, which differs by a half. */
export async function yes(response: ServerResponse, ms: number): Promise<void> {
  await sleep(ms * (0.75 + Math.random() / 2));
  response.end("yes");
}
