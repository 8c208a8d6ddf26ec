import { expect, test } from "vitest";
import { requestOrigin } from "../../server/accounts/request-origin.ts";

const host = { host: "headway.example:3000" };

test.each<[string, Record<string, string>]>([
  ["unknown", {}],
  ["unknown", { "sec-fetch-site": "none" }],
  ["same-origin", { origin: "http://headway.example:3000" }],
  ["same-origin", { origin: "https://headway.example:3000" }],
  ["same-origin", { "sec-fetch-site": "same-origin" }],
  ["same-origin", { origin: "null", "sec-fetch-site": "same-origin" }],
  ["cross-site", { origin: "null" }],
  ["cross-site", { origin: "null", "sec-fetch-site": "none" }],
  ["cross-site", { origin: "http://headway.example" }],
  ["cross-site", { origin: "http://headway.example.evil.example:3000" }],
  ["cross-site", { origin: "no address" }],
  ["cross-site", { "sec-fetch-site": "same-site" }],
  ["cross-site", { "sec-fetch-site": "cross-site", origin: "http://headway.example:3000" }],
])("requestOrigin without a public URL is %s for %j", (expected, headers) => {
  expect(requestOrigin(new Headers({ ...host, ...headers }), { publicUrl: null })).toBe(expected);
});

test("requestOrigin with a public URL is same-origin only for that URL", () => {
  const config = { publicUrl: "https://headway.example/app" };
  const of = (origin: string) => requestOrigin(new Headers({ ...host, origin }), config);
  expect(of("https://headway.example")).toBe("same-origin");
  expect(of("http://headway.example")).toBe("cross-site");
  expect(of("http://headway.example:3000")).toBe("cross-site");
});
