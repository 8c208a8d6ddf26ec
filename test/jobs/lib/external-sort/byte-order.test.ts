import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compareBytes,
  compareUnits,
  needsByteOrder,
} from "../../../../jobs/lib/external-sort/byte-order.ts";

const text = fc.string({
  unit: fc.constantFrom(
    "a",
    "b",
    "\x7f",
    "ü",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "\u{10000}",
    "\u{10ffff}",
  ),
  maxLength: 5,
});

test("compareBytes sorts text in the order of its UTF-8 bytes", () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareBytes(a, b))).toBe(bytes);
      if (!needsByteOrder(a) || !needsByteOrder(b)) expect(compareUnits(a, b)).toBe(bytes);
    }),
    { numRuns: 5000 },
  );
});
