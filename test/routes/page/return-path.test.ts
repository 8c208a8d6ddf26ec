import fc from "fast-check";
import { expect, test } from "vitest";
import { localPath } from "../../../server/routes/page/return-path.ts";

test.each([
  ["/jobs?status=active&q=a%20b#log", "/jobs?status=active&q=a%20b#log"],
  ["/jobs/../contacts", "/contacts"],
  [undefined, "/jobs"],
  ["", "/jobs"],
  ["jobs", "/jobs"],
  ["https://evil.example/", "/jobs"],
  ["javascript:alert(1)", "/jobs"],
  ["//evil.example", "/jobs"],
  ["/\\evil.example", "/jobs"],
  ["/\t/evil.example", "/jobs"],
  ["/.//evil.example", "/jobs"],
  ["/x/..//evil.example", "/jobs"],
])("the local path of %j is %s", (given, expected) => {
  expect(localPath(given)).toBe(expected);
});

test("a local path never leads to another site", () => {
  const piece = fc.constantFrom(
    "/",
    "\\",
    ".",
    "..",
    "\t",
    "\n",
    "@",
    ":",
    "?",
    "#",
    "evil.example",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const target = new URL(localPath(`/${pieces.join("")}`), "https://headway.example/sign-in");
      expect(target.origin).toBe("https://headway.example");
    }),
    { numRuns: 2_000 },
  );
});
