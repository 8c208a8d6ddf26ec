/** An HTTP service for sample kinds that call one. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Answers a request. @param index the number of requests before this one */
export type Respond = (index: number, response: ServerResponse) => void | Promise<void>;

/** Runs `work` with the URL of a service on the loopback interface, then stops the service. */
export async function withService<T>(
  respond: Respond,
  work: (url: string) => Promise<T>,
): Promise<T> {
  let requests = 0;
  const service = createServer((_, response) => void respond(requests++, response));
  await new Promise<void>((resolve) => void service.listen(0, "127.0.0.1", resolve));
  try {
    return await work(`http://127.0.0.1:${(service.address() as AddressInfo).port}`);
  } finally {
    service.close();
    service.closeAllConnections();
  }
}

/** Answers after `ms`, give or take a quarter. */
export async function respondAfter(response: ServerResponse, ms: number): Promise<void> {
  await sleep(ms * (0.75 + Math.random() / 2));
  response.end("ok");
}
