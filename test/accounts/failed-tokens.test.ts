import { expect, test } from "vitest";
import { createFailedTokens } from "../../server/accounts/failed-tokens.ts";

test("a network that tries many unknown tokens is refused for a while, but not its valid tokens", () => {
  let now = 1_000;
  const tokens = createFailedTokens(() => now);
  tokens.record("203.0.113.7", "hw_valid", true);
  for (let nth = 0; nth < 100; nth++) {
    expect(tokens.isRefused("203.0.113.7", `hw_${nth}`)).toBe(false);
    tokens.record("203.0.113.7", `hw_${nth}`, false);
    // The window does not begin again with each try.
    now += 1_000;
  }
  expect(tokens.isRefused("203.0.113.7", "hw_next")).toBe(true);
  expect(tokens.isRefused("203.0.113.7", "hw_valid")).toBe(false);
  expect(tokens.isRefused("198.51.100.4", "hw_next")).toBe(false);
  now += tokens.retryAfterSeconds * 1_000 - 100_000 - 1;
  expect(tokens.isRefused("203.0.113.7", "hw_next")).toBe(true);
  now += 2;
  expect(tokens.isRefused("203.0.113.7", "hw_next")).toBe(false);
});
