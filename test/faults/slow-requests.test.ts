/** Clients that send slowly, or nothing, over real sockets to a real web process. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { startWeb } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import { openScene } from "../support/scene/processes.ts";
import { signInOrUp } from "./page-client.ts";

const limits = {
  HEADERS_TIMEOUT_SECONDS: "2",
  BODY_TIMEOUT_SECONDS: "4",
  UPLOAD_IDLE_SECONDS: "8",
};
/** A byte comes this often, which no limit of silence notices. */
const trickleMs = 1_000;

async function openSite() {
  const scene = await openScene(backends[0]!);
  const web = await startWeb(scene.place, limits);
  onTestFinished(() => web.stop());
  const ada = await signInOrUp(web.url, {
    email: "ada@example.com",
    password: "analytical engine",
  });
  const port = Number(new URL(web.url).port);
  const head = (first: string, headers: Record<string, string> = {}) => {
    const all = { host: `localhost:${port}`, origin: web.url, cookie: ada.cookie, ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return `${first} HTTP/1.1\r\n${lines.join("")}\r\n`;
  };
  return { scene, web, head, open: () => open(port) };
}

/** Opens a connection. `answer` resolves to all that the server sent when it has closed it. */
async function open(port: number): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk;
  });
  const answer = new Promise<string>((resolve) => socket.on("close", () => resolve(received)));
  await once(socket, "connect");
  return { socket, answer };
}

/** Sends a byte now and then until the connection closes. */
async function trickle(socket: Socket, byte: string): Promise<void> {
  while (!socket.destroyed && socket.writable) {
    socket.write(byte);
    await sleep(trickleMs);
  }
}

const form = { "content-type": "application/x-www-form-urlencoded", "content-length": "1000" };
const json = { "content-type": "application/json", "content-length": "1000" };
const chunked = { ...json, "content-length": "", "transfer-encoding": "chunked" };

test("a web process closes connections on which a request does not come, and logs no error", async () => {
  const { scene, web, head, open } = await openSite();
  /** @param begun the bytes at once. @param byte comes again and again; empty for silence */
  async function send(begun: string, byte: string): Promise<string> {
    const { socket, answer } = await open();
    if (begun) socket.write(begun);
    if (byte) void trickle(socket, byte);
    return answer;
  }
  const headers = "GET /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
  const upload = { "content-type": "text/csv", "content-length": "1000" };
  const answers = await Promise.all([
    send("", ""),
    send(headers, ""),
    send(headers, "x"),
    send(`${head("POST /sign-in", form)}email=`, ""),
    send(head("POST /sign-in", form), "x"),
    send(head("POST /api/jobs/start", json), "x"),
    send(head("POST /api/jobs/start", chunked).replace("content-length: \r\n", ""), "1\r\nx\r\n"),
    send(head("GET /jobs", form), "x"),
    send(`${head("POST /api/uploads", upload)}email\n`, ""),
  ]);
  const statuses = answers.map((answer) => /^HTTP\/1.1 (\d+)/.exec(answer)?.[1]);
  expect(statuses.slice(1, 6)).toEqual(["408", "408", "408", "408", "408"]);
  expect(await scene.backend.db.selectFrom("uploads").selectAll().execute()).toEqual([]);
  expect(web.output()).not.toMatch(/"level":[56]0/);
});

test("an upload goes on for as long as bytes come", async () => {
  const { scene, head, open } = await openSite();
  const { socket, answer } = await open();
  const length = 10;
  const upload = { "content-type": "text/csv", "content-length": String(length) };
  socket.write(head("POST /api/uploads", { ...upload, connection: "close" }));
  // Longer than each of the limits.
  for (let sent = 0; sent < length; sent++) {
    await sleep(trickleMs);
    socket.write("x");
  }
  expect(await answer).toContain("HTTP/1.1 201 Created");
  const [row] = await scene.backend.db.selectFrom("uploads").select("size").execute();
  expect(row!.size).toBe(length);
});
