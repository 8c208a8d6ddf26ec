/** The stream on real connections. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { frame } from "../../server/live/event-stream.ts";
import { openStream } from "../../server/live/stream.ts";

const server = createServer();
let socket: Socket;
let response: ServerResponse;

beforeEach(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.write("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n");
  [, response] = (await once(server, "request")) as [unknown, ServerResponse];
});
afterEach(async () => {
  socket.destroy();
  server.close();
  await once(server, "close");
});

const open = () => openStream(response, { version: "/app.js?v=1", isAllowed: async () => true });

/** Fills the connection until frames have to wait. */
async function fill({ mailbox }: ReturnType<typeof open>): Promise<void> {
  socket.pause();
  const large = "x".repeat(100_000);
  for (let at = 0; mailbox.waitingBytes === 0; at++) {
    mailbox.append(frame(`${at} ${large}`));
    await sleep(1);
  }
}

async function rest(): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  socket.resume();
  while (!text.endsWith("\r\n0\r\n\r\n")) await once(socket, "data");
  return text;
}

test("the end waits for what a slow reader has not taken yet", async () => {
  const stream = open();
  await fill(stream);
  stream.mailbox.put("panel:1", frame("the end of the job"));
  stream.end("ended");
  stream.end("ended");
  expect((await rest()).replace(/\r\n[0-9a-f]+\r\n/g, "")).toContain(
    "data:the end of the job\n\nevent:bye\ndata:ended\n\n",
  );
});

test("who is signed out is told no more", async () => {
  const stream = open();
  await fill(stream);
  stream.mailbox.put("panel:1", frame("the end of the job"));
  stream.end("signed-out");
  const told = await rest();
  expect(told).toContain("event:bye\ndata:signed-out\n\n");
  expect(told).not.toContain("the end of the job");
});

test("a reader who left before the stream began is let go at once", async () => {
  const closed = once(response, "close");
  socket.destroy();
  await closed;
  let left = false;
  open().onClose(() => {
    left = true;
  });
  expect(left).toBe(true);
});
