import { Hono } from "hono";
import { expect, test } from "vitest";
import {
  clientAddress,
  compressAddress,
  subscriberNetwork,
} from "../../server/accounts/client-address.ts";

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
])("the client address behind %i trusted proxies is %j", async (proxies, address) => {
  const app = new Hono().get("/", (c) => c.text(clientAddress(c, proxies)));
  const headers = { "x-forwarded-for": "6.6.6.6, 203.0.113.7, 198.51.100.2" };
  const socket = { incoming: { socket: { remoteAddress: "::ffff:10.0.0.9" } } };
  expect(await (await app.request("/", { headers }, socket)).text()).toBe(address);
});

test.each([
  ["203.0.113.7:40001", "203.0.113.7"],
  ["[2001:db8::7]:443", "2001:db8::7"],
  ["[2001:db8::7]", "2001:db8::7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["fe80::1%eth0", "fe80::1"],
  ["unknown", "10.0.0.9"],
  ["_hidden", "10.0.0.9"],
  ["203.0.113.7:40001:1", "10.0.0.9"],
  ["' or 1=1", "10.0.0.9"],
  ["", "10.0.0.9"],
])("the entry %j of the nearest proxy is the address %j", async (entry, address) => {
  const app = new Hono().get("/", (c) => c.text(clientAddress(c, 1)));
  const socket = { incoming: { socket: { remoteAddress: "10.0.0.9" } } };
  const headers = { "x-forwarded-for": `6.6.6.6, ${entry}` };
  expect(await (await app.request("/", { headers }, socket)).text()).toBe(address);
});

test("an IPv6 address is displayed in its compressed form", () => {
  expect(compressAddress("2001:0db8:0000:0000:0000:0000:0000:0007")).toBe("2001:db8::7");
  expect(compressAddress("203.0.113.7")).toBe("203.0.113.7");
  expect(compressAddress("")).toBe("");
});
