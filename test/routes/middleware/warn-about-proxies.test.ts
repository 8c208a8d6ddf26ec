import { Hono } from "hono";
import { expect, test } from "vitest";
import type { Config } from "../../../server/config.ts";
import { warnAboutProxies } from "../../../server/routes/middleware/warn-about-proxies.ts";
import type { Env } from "../../../server/services.ts";
import { log } from "../../support/cookie-browser.ts";

/** @returns the warnings after two requests with this header */
async function warningsOf(proxies: number, forwardedFor: string | undefined): Promise<string[]> {
  const warnings: string[] = [];
  const config = { proxies } as Config;
  const listening = { ...log, warn: (message: string) => void warnings.push(message) };
  const app = new Hono<Env>();
  app.use(warnAboutProxies({ config, log: listening as typeof log }));
  app.get("/", (c) => c.text("served"));
  const headers: Record<string, string> = forwardedFor ? { "x-forwarded-for": forwardedFor } : {};
  for (let nth = 0; nth < 2; nth++) {
    const socket = { incoming: { socket: { remoteAddress: "10.0.0.9" } } };
    expect(await (await app.request("/", { headers }, socket)).text()).toBe("served");
  }
  return warnings;
}

test("a proxy that PROXIES does not count is warned of once", async () => {
  expect(await warningsOf(0, "203.0.113.7")).toEqual([
    "requests carry X-Forwarded-For: set PROXIES to the number of proxies in front",
  ]);
  expect(await warningsOf(0, undefined)).toEqual([]);
});

test("a second proxy in a private network is warned of once", async () => {
  expect(await warningsOf(1, "203.0.113.7, 10.0.0.8")).toEqual([
    "PROXIES=1, but another address of a private network is in front: set PROXIES=2 if it is a proxy",
  ]);
  expect(await warningsOf(1, "203.0.113.7")).toEqual([]);
  expect(await warningsOf(1, "10.0.0.8")).toEqual([]);
  expect(await warningsOf(1, "6.6.6.6, 203.0.113.7")).toEqual([]);
  expect(await warningsOf(2, "203.0.113.7, 10.0.0.8")).toEqual([]);
});
