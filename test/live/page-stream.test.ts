/** Tests the stream of pages on real connections. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openPageStream } from "../../server/live/page-stream.ts";
import { frame } from "../../server/live/sse-format.ts";
import { createSseResponses, type SseResponses } from "../../server/live/sse-response.ts";

const server = createServer();
let streams: SseResponses;
let socket: Socket;
let response: ServerResponse;
let isAllowed: boolean;

beforeEach(async () => {
  streams = createSseResponses();
  isAllowed = true;
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

const open = (sessionId: string | null = "session-1") =>
  openPageStream(streams, response, {
    version: "/app.js?v=1",
    owner: { userId: "user-1", sessionId },
    isAllowed: async () => isAllowed,
  });

/** Fills the connection until frames have to wait. */
async function fill({ mailbox }: ReturnType<typeof open>): Promise<void> {
  socket.pause();
  const large = "x".repeat(100_000);
  for (let at = 0; mailbox.waitingBytes === 0; at++) {
    mailbox.append(frame(`${at} ${large}`));
    await sleep(1);
  }
}

/** Reads the rest of the answer. */
async function rest(): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  socket.resume();
  while (!text.endsWith("\r\n0\r\n\r\n")) await once(socket, "data");
  return text;
}

test("a stream sends the waiting frames to a slow reader before it ends", async () => {
  const stream = open();
  await fill(stream);
  stream.mailbox.put("panel:1", frame("the end of the job"));
  stream.end();
  stream.end();
  expect((await rest()).replace(/\r\n[0-9a-f]+\r\n/g, "")).toContain(
    "data:the end of the job\n\nevent:bye\ndata:ended\n\n",
  );
});

test("a stream whose session ends says goodbye and drops the waiting frames", async () => {
  const stream = open();
  await fill(stream);
  stream.mailbox.put("panel:1", frame("the end of the job"));
  streams.endSession("another");
  streams.endSession("session-1");
  const text = await rest();
  expect(text).toContain("event:bye\ndata:signed-out\n\n");
  expect(text).not.toContain("the end of the job");
});

test("a stream stays open when another session of its user ends", () => {
  open();
  streams.endSession("another");
  streams.endSession("user-1");
  expect(response.writableEnded).toBe(false);
});

test("a stream of an API token ends when that token is revoked and not when another one is", async () => {
  open(null);
  streams.endSession("user-1");
  await sleep(10);
  expect(response.writableEnded).toBe(false);
  isAllowed = false;
  streams.endSession("user-1");
  expect(await rest()).toContain("event:bye\ndata:signed-out\n\n");
});

test("a stream that ends with its process asks its reader to reconnect", async () => {
  open();
  streams.endAll();
  expect(await rest()).toMatch(/retry:\d+\n\n\r\n0\r\n\r\n$/);
  await expect.poll(() => streams.count).toBe(0);
});

test("a stalled reader is disconnected when its process ends", async () => {
  const stream = open();
  await fill(stream);
  streams.endAll();
  expect(response.destroyed).toBe(true);
});

describe("a reader that takes nothing", () => {
  const beatMs = 15_000;
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
  afterEach(() => void vi.useRealTimers());

  test("is disconnected at the next beat once more than 256 kB wait for it", async () => {
    const stream = open();
    await fill(stream);
    stream.mailbox.put("panel:1", Buffer.alloc(256_000 - stream.mailbox.waitingBytes));
    vi.advanceTimersByTime(beatMs);
    expect(response.destroyed).toBe(false);
    stream.mailbox.append(Buffer.alloc(1));
    vi.advanceTimersByTime(beatMs);
    expect(response.destroyed).toBe(true);
  });

  test("is disconnected at the third beat however little waits for it", async () => {
    await fill(open());
    vi.advanceTimersByTime(2 * beatMs);
    expect(response.destroyed).toBe(false);
    vi.advanceTimersByTime(beatMs);
    expect(response.destroyed).toBe(true);
  });
});

test("a stream whose reader left before it was opened is closed at once", async () => {
  const closed = once(response, "close");
  socket.destroy();
  await closed;
  let isClosed = false;
  open().onClose(() => {
    isClosed = true;
  });
  expect(isClosed).toBe(true);
  expect(streams.count).toBe(0);
});
