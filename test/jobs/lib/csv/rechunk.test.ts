import fc from "fast-check";
import { expect, test } from "vitest";
import { rechunk } from "../../../../jobs/lib/csv/rechunk.ts";
import { collect, memoryFile } from "../../../support/memory-files.ts";

test("rechunk turns chunks of any size into pieces of one size", async () => {
  const size = fc.integer({ min: 1, max: 20 });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), size, size, async (bytes, chunk, piece) => {
      const pieces = await collect(rechunk(memoryFile(bytes, "any", chunk).read(), piece));
      expect(Buffer.concat(pieces)).toEqual(Buffer.from(bytes));
      expect(pieces.slice(0, -1).every((part) => part.length === piece)).toBe(true);
      expect(pieces.every((part) => part.length > 0 && part.length <= piece)).toBe(true);
    }),
  );
});
