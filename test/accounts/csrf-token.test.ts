import { expect, test } from "vitest";
import { csrfToken, isCsrfToken } from "../../server/accounts/csrf-token.ts";

const secret = "a secret of more than 32 characters";

test("a CSRF token is valid for its own binding and secret only", () => {
  const token = csrfToken(secret, "session 1");
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(isCsrfToken(secret, "session 1", token)).toBe(true);
  expect(isCsrfToken(secret, "session 2", token)).toBe(false);
  expect(isCsrfToken(`${secret}!`, "session 1", token)).toBe(false);
});

test.each(["", "x", "ä".repeat(43), "A".repeat(43), "A".repeat(10_000)])(
  "the malformed token %j is rejected without an error",
  (given) => {
    expect(isCsrfToken(secret, "session 1", given)).toBe(false);
  },
);
