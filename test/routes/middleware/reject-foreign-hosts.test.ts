import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { serve } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { Config } from "../../../server/config.ts";
import { type TestDatabase, testDatabase } from "../../support/database.ts";
import { createWebApp } from "../../support/web-app.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

async function statusOf(host: string, config: Partial<Config>, path = "/sign-in") {
  const site = createWebApp(database, { config });
  onTestFinished(() => site.close());
  return (await site.app.request(`http://${host}${path}`)).status;
}

describe("while PUBLIC_URL is not set", () => {
  test.each([
    ["localhost", 200],
    ["localhost:3000", 200],
    ["LOCALHOST", 200],
    ["headway.localhost:3000", 200],
    ["127.0.0.1:3000", 200],
    ["127.8.9.10", 200],
    ["[::1]:3000", 200],
    ["rebind.example", 421],
    ["localhost.rebind.example", 421],
    ["127.0.0.1.rebind.example:3000", 421],
    ["192.0.2.1", 421],
    ["[2001:db8::7]", 421],
  ])("a request for %s is answered with %i", async (host, status) => {
    expect(await statusOf(host, {})).toBe(status);
    expect(await statusOf(host, {}, "/api/jobs")).toBe(status === 200 ? 401 : status);
  });

  test("the host that the server listens on is served, and every address if it listens on all", async () => {
    expect(await statusOf("intranet:3000", { host: "intranet" })).toBe(200);
    expect(await statusOf("intranet:3000", { host: "192.0.2.1" })).toBe(421);
    expect(await statusOf("192.0.2.1:3000", { host: "0.0.0.0" })).toBe(200);
    expect(await statusOf("[2001:db8::7]", { host: "::" })).toBe(200);
    expect(await statusOf("rebind.example", { host: "0.0.0.0" })).toBe(421);
  });

  test("a probe may ask for any name", async () => {
    expect(await statusOf("10-0-0-9.pods.example", {}, "/up")).toBe(200);
    expect(await statusOf("10-0-0-9.pods.example", {}, "/ready")).toBe(200);
  });
});

test("with PUBLIC_URL a proxy may pass on any name", async () => {
  const publicUrl = "https://headway.example";
  expect(await statusOf("headway.example", { publicUrl })).toBe(200);
  expect(await statusOf("web-1:3000", { publicUrl })).toBe(200);
});

test("a request with two Host headers is rejected", async () => {
  const site = createWebApp(database);
  const server = serve({ fetch: site.app.fetch, hostname: "127.0.0.1", port: 0 });
  if (!server.listening) await once(server, "listening");
  onTestFinished(() => {
    site.close();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const answerTo = async (...hosts: string[]) => {
    const socket = connect(port, "127.0.0.1");
    const lines = hosts.map((line) => `${line}\r\n`).join("");
    socket.write(`GET /sign-in HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`);
    return (await text(socket)).split("\r\n")[0];
  };
  expect(await answerTo("Host: localhost")).toBe("HTTP/1.1 200 OK");
  expect(await answerTo("Host: localhost", "Host: rebind.example")).toBe(
    "HTTP/1.1 400 Bad Request",
  );
  expect(await answerTo("Host: localhost", "hOST: localhost")).toBe("HTTP/1.1 400 Bad Request");
});
