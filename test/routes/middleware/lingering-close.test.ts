/** Like browsers, these clients read the answer only after they have sent the whole request. */
import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { backends } from "../../support/backends.ts";
import { openSite, type Site } from "../../support/site.ts";

let site: Site;
let server: Server;
let cookie: string;
beforeAll(async () => {
  site = await openSite(backends[0]!);
  server = serve({ fetch: site.app.fetch, hostname: "127.0.0.1", port: 0 }) as Server;
  if (!server.listening) await once(server, "listening");
  const { browser } = await site.join("ada");
  cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
});
afterAll(async () => {
  server.close();
  await site.close();
});

const megabyte = Buffer.alloc(1_000_000, "x");
const origin = "http://localhost";

/** Sends the head of a POST without reading the answer. */
async function begin(path: string, headers: Record<string, string>): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  const all = { host: "localhost", origin, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  return socket;
}

/** Sends slowly, so that the server can answer and close the connection between two parts. */
async function send(socket: Socket, parts: (Buffer | string)[]): Promise<void> {
  for (const part of parts) {
    if (!socket.write(part)) await once(socket, "drain");
    await sleep(20);
  }
}

const large = { "content-type": "text/csv", "content-length": "40000000" };
const megabytes = (count: number) => Array<Buffer>(count).fill(megabyte);

test.each<[string, string, () => Record<string, string>, string]>([
  [
    "a file that is too large",
    "/api/uploads",
    () => ({ ...large, cookie }),
    "413 Payload Too Large",
  ],
  ["a file of a signed-out client", "/api/uploads", () => large, "401 Unauthorized"],
  ["a form of a signed-out client", "/uploads?type=any", () => large, "303 See Other"],
  [
    "a form that is too large",
    "/jobs/start",
    () => ({ ...large, cookie }),
    "413 Payload Too Large",
  ],
])(
  "a client that sends its whole request receives the refusal of %s",
  async (_, path, headers, expected) => {
    const socket = await begin(path, headers());
    await send(socket, megabytes(40));
    expect(await text(socket)).toContain(`HTTP/1.1 ${expected}\r\n`);
  },
);

test("a client receives the refusal of chunked JSON that is too large", async () => {
  const headers = { cookie, "content-type": "application/json", "transfer-encoding": "chunked" };
  const socket = await begin("/api/jobs/start", headers);
  const size = megabyte.length.toString(16);
  const chunk = Buffer.concat([Buffer.from(`${size}\r\n`), megabyte, Buffer.from("\r\n")]);
  await send(socket, [...Array<Buffer>(40).fill(chunk), "0\r\n\r\n"]);
  expect(await text(socket)).toContain("HTTP/1.1 413 Payload Too Large\r\n");
});

test("the whole answer arrives before the rest of the request is sent", async () => {
  const socket = await begin("/api/uploads", { ...large, cookie });
  await send(socket, megabytes(1));
  const [answer] = (await once(socket, "data")) as [Buffer];
  const [head, body] = answer.toString().split("\r\n\r\n");
  expect(head).toContain("connection: close\r\n");
  expect(head).toContain(`content-length: ${body!.length}\r\n`);
  expect(JSON.parse(body!)).toMatchObject({ detail: "The file is larger than 3 MB" });
  await send(socket, megabytes(39));
  expect(await text(socket)).toBe("");
});

test("a connection closes soon after its client stops sending", async () => {
  const socket = await begin("/api/uploads", { ...large, cookie });
  await send(socket, megabytes(1));
  expect(await text(socket)).toContain("413 Payload Too Large");
}, 15_000);
