import { expect, test } from "vitest";
import { csrfToken, isCsrfToken } from "../../server/accounts/csrf-token.ts";

const secret = "a secret of more than 32 characters";

test("a token is good for its binding and secret alone", () => {
  const token = csrfToken(secret, "session 1");
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(isCsrfToken(secret, "session 1", token)).toBe(true);
  expect(isCsrfToken(secret, "session 2", token)).toBe(false);
  expect(isCsrfToken(`${secret}!`, "session 1", token)).toBe(false);
});

test.each(["", "x", "ä".repeat(43), "A".repeat(43), "A".repeat(10_000)])(
  "%j is refused and does not throw",
  (given) => {
    expect(isCsrfToken(secret, "session 1", given)).toBe(false);
  },
);
