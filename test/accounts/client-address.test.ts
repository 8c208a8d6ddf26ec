import { Hono } from "hono";
import { expect, test } from "vitest";
import {
  clientAddress,
  compressAddress,
  subscriberNetwork,
} from "../../server/accounts/client-address.ts";
import { deviceName } from "../../server/text/device-name.ts";

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:db8::7", "2001:db8::/64"],
  ["2001:db8:1:2::", "2001:db8:1:2::/64"],
  ["::1", "::/64"],
  ["", ""],
])("the network of %j is %j", (address, network) => {
  expect(subscriberNetwork(address)).toBe(network);
});

test.each([
  [0, "10.0.0.9"],
  [1, "198.51.100.2"],
  [2, "203.0.113.7"],
  [3, "6.6.6.6"],
  [9, "10.0.0.9"],
])("with %i proxies in front, only what they wrote is believed: %j", async (proxies, address) => {
  const app = new Hono().get("/", (c) => c.text(clientAddress(c, proxies)));
  const headers = { "x-forwarded-for": "6.6.6.6, 203.0.113.7, 198.51.100.2" };
  const socket = { incoming: { socket: { remoteAddress: "::ffff:10.0.0.9" } } };
  expect(await (await app.request("/", { headers }, socket)).text()).toBe(address);
});

test("an address is written short", () => {
  expect(compressAddress("2001:0db8:0000:0000:0000:0000:0000:0007")).toBe("2001:db8::7");
  expect(compressAddress("203.0.113.7")).toBe("203.0.113.7");
  expect(compressAddress("")).toBe("");
});

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Linux"],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0",
    "Edge on Windows",
  ],
  [
    "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36",
    "Chrome on Android",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
    "Safari on iOS",
  ],
  ["Lynx/2.9.2 libwww-FM/2.14 SSL-MM/1.4.1", "Lynx"],
  ["w3m/0.5.3+git20230121", "w3m"],
  ["ELinks/0.13.2 (textmode; Linux 6.8 x86_64; 80x24-2)", "Links on Linux"],
  ["curl/8.5.0", "An unknown browser"],
  ["", "An unknown browser"],
])("%s is %s", (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name);
});
