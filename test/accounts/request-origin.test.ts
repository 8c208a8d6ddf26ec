import { expect, test } from "vitest";
import { requestOrigin } from "../../server/accounts/request-origin.ts";

const host = { host: "headway.example:3000" };

test.each<[string, Record<string, string>]>([
  ["unknown", {}],
  ["unknown", { "sec-fetch-site": "none" }],
  ["ours", { origin: "http://headway.example:3000" }],
  ["ours", { origin: "https://headway.example:3000" }],
  ["ours", { "sec-fetch-site": "same-origin" }],
  ["ours", { origin: "null", "sec-fetch-site": "same-origin" }],
  ["foreign", { origin: "null" }],
  ["foreign", { origin: "null", "sec-fetch-site": "none" }],
  ["foreign", { origin: "http://headway.example" }],
  ["foreign", { origin: "http://headway.example.evil.example:3000" }],
  ["foreign", { origin: "no address" }],
  ["foreign", { "sec-fetch-site": "same-site" }],
  ["foreign", { "sec-fetch-site": "cross-site", origin: "http://headway.example:3000" }],
])("without a public address: %s for %j", (expected, headers) => {
  expect(requestOrigin(new Headers({ ...host, ...headers }), { publicUrl: null })).toBe(expected);
});

test("with a public address only that one is ours", () => {
  const config = { publicUrl: "https://headway.example/app" };
  const of = (origin: string) => requestOrigin(new Headers({ ...host, origin }), config);
  expect(of("https://headway.example")).toBe("ours");
  expect(of("http://headway.example")).toBe("foreign");
  expect(of("http://headway.example:3000")).toBe("foreign");
});
