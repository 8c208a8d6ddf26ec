import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../server/commands/scaled/free-port.ts";
import { startProxy } from "../../server/commands/scaled/proxy.ts";

type Answer = (asked: IncomingMessage, answer: ServerResponse) => void;

/** Starts a web server with the given handler. @returns its port */
async function startWeb(answer: Answer): Promise<number> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Starts a proxy before these ports. @returns its address and the names of the upstreams it used */
async function before(...ports: number[]) {
  const passed: string[] = [];
  const proxy = await startProxy({
    host: "127.0.0.1",
    port: 0,
    available: () => ports.map((port, at) => ({ name: `web ${at + 1}`, port })),
    onForward: ({ name }) => passed.push(name),
  });
  onTestFinished(() => proxy.stop());
  return { url: `http://127.0.0.1:${proxy.port}`, port: proxy.port, passed };
}

test("the proxy forwards round robin with X-Forwarded headers", async () => {
  const echoHeaders: Answer = ({ headers }, answer) => {
    const { host, "x-forwarded-for": chain, "x-forwarded-host": asked } = headers;
    answer.end(JSON.stringify([host, chain, asked, headers["x-hop"] ?? null]));
  };
  const { port, passed } = await before(await startWeb(echoHeaders), await startWeb(echoHeaders));
  const ask = () =>
    new Promise<string>((resolve, reject) => {
      const headers = {
        host: "headway.example",
        "x-forwarded-for": "203.0.113.7",
        connection: "x-hop",
        "x-hop": "of this connection only",
      };
      request({ port, host: "127.0.0.1", headers, agent: false }, async (answer) => {
        resolve((await answer.setEncoding("utf8").toArray()).join(""));
      })
        .on("error", reject)
        .end();
    });
  const echoed = [await ask(), await ask(), await ask()].map((text) => JSON.parse(text));
  const right = ["headway.example", "203.0.113.7, 127.0.0.1", "headway.example", null];
  expect(echoed).toEqual([right, right, right]);
  expect(passed).toEqual(["web 1", "web 2", "web 1"]);
});

test("the proxy forwards the chunks and the end of an event stream at once", async () => {
  let stream: ServerResponse | undefined;
  const { url } = await before(
    await startWeb((_asked, answer) => {
      answer.writeHead(200, { "content-type": "text/event-stream" });
      answer.flushHeaders();
      stream = answer;
    }),
  );
  const answer = await fetch(url);
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (const said of ["data: 1\n\n", "data: 2\n\n"]) {
    stream?.write(said);
    expect((await reader.read()).value).toBe(said);
  }
  stream?.end();
  expect((await reader.read()).done).toBe(true);
});

test("the proxy closes the stream of the web when its client disconnects", async () => {
  const closed = Promise.withResolvers<void>();
  const { url } = await before(
    await startWeb((_asked, answer) => {
      answer.on("close", closed.resolve);
      answer.write("data: 1\n\n");
    }),
  );
  const leave = new AbortController();
  await fetch(url, { signal: leave.signal });
  leave.abort();
  await closed.promise;
});

test("the proxy streams an upload with back-pressure", async () => {
  const size = 64_000_000;
  let received = 0;
  let isReading = false;
  const { port } = await before(
    await startWeb(async (asked, answer) => {
      await sleep(300);
      isReading = true;
      for await (const piece of asked) received += piece.length;
      answer.end(String(received));
    }),
  );
  const upload = request({ port, host: "127.0.0.1", method: "POST", agent: false });
  const answered = new Promise<string>((resolve, reject) => {
    upload.on("error", reject);
    upload.on("response", async (answer) => {
      resolve((await answer.setEncoding("utf8").toArray()).join(""));
    });
  });
  const piece = Buffer.alloc(1_000_000);
  let wasPaused = false;
  for (let sent = 0; sent < size; sent += piece.length) {
    if (upload.write(piece)) continue;
    await new Promise((resolve) => upload.once("drain", resolve));
    // More than the socket buffers hold is accepted only once the web reads it.
    if (sent > 30_000_000) wasPaused = isReading;
  }
  upload.end();
  expect(await answered).toBe(String(size));
  expect(wasPaused).toBe(true);
});

test("the proxy forwards the whole request to the next web when one is gone", async () => {
  const echo: Answer = async (asked, answer) => {
    answer.end((await asked.setEncoding("utf8").toArray()).join(""));
  };
  const { url, passed } = await before(await freePort(), await startWeb(echo));
  for (const body of ["one", "two"]) {
    expect(await (await fetch(url, { method: "POST", body })).text()).toBe(body);
  }
  expect(passed).toEqual(["web 2", "web 2"]);
});

test("the proxy answers 503 when no web is available", async () => {
  const { url } = await before(await freePort());
  const answer = await fetch(url);
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("2");
});

test("the proxy breaks off a response that the web breaks off", async () => {
  const { url } = await before(
    await startWeb((_asked, answer) => {
      answer.write("half of ");
      setTimeout(() => answer.destroy(), 50);
    }),
  );
  const answer = await fetch(url);
  await expect(answer.text()).rejects.toThrow();
});
