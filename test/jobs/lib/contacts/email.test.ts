import { expect, test } from "vitest";
import { isEmailAddress } from "../../../../jobs/lib/contacts/email.ts";

test.each([
  "a@b.de",
  "anna.schmidt+news@mail.example.co.uk",
  "o'neil@example.com",
  "x@1.example.com",
  "jörg@müller.de",
  "用户@例子.广告",
  "a@xn--mller-kva.de",
  "a@b.xn--p1ai",
])("isEmailAddress accepts %s", (address) => {
  expect(isEmailAddress(address)).toBe(true);
});

test.each([
  "a",
  "a@",
  "@b.de",
  "a@b",
  "a b@c.de",
  "a@b c.de",
  "a@@b.de",
  "a@b@c.de",
  ".a@b.de",
  "a.@b.de",
  "a..b@c.de",
  "a@b..de",
  "a@-b.de",
  "a@b-.de",
  "a@b.de.",
  "a@b.1",
  "<a@b.de>",
  "a@b.de,c@d.de",
  "anna <a@b.de>",
  "a@[127.0.0.1]",
  '"a b"@c.de',
  "jörg@müller",
  "a\n@b.de",
  "a@b.de\n",
])("isEmailAddress rejects %j", (address) => {
  expect(isEmailAddress(address)).toBe(false);
});

test("isEmailAddress rejects a long run of hyphens without backtracking", () => {
  expect(isEmailAddress(`a@a${"-".repeat(250)}`)).toBe(false);
});
