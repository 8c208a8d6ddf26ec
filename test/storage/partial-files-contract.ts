/** The tests of partial files that every storage must pass. */
import { text as textOf } from "node:stream/consumers";
import { expect, test } from "vitest";
import { KeyNotFound, type Storage } from "../../server/storage/storage.ts";
import type { Place } from "./contract.ts";
import { bytes } from "./temporary.ts";

interface PartialPlace extends Place {
  /** The same storage as another process opens it. */
  again(): Storage;
}

const key = "uploads/a";

/** Every position of the first 16 million has a different byte around it, so misplaced bytes are detected. */
const whole = Buffer.alloc(34_000_000);
for (let at = 0; at < whole.length; at += 4) whole.writeUInt32LE(at, at);

/** @param open creates an empty storage that is deleted when the test ends */
export function partialFilesContract(open: () => Promise<PartialPlace>): void {
  /** Yields the bytes in chunks of odd sizes, then throws. */
  async function* broken(from: number, to: number) {
    for (let at = from; at < to; at += 700_001)
      yield whole.subarray(at, Math.min(to, at + 700_001));
    throw new Error("the client went away");
  }

  test("a file that is written in pieces by several processes is whole once it is complete", async () => {
    const { storage, again, kept } = await open();
    const handle = await storage.partialFiles.create(key);
    let at = 0;
    expect(await storage.partialFiles.size(key, handle)).toBe(0);
    // Within a part of a bucket, at its end (10 MiB), and over several parts.
    for (const end of [1, 3_000_000, 10_485_760, 10_485_761, 33_000_000, whole.length]) {
      const { partialFiles } = again();
      expect(await partialFiles.append(key, handle, at, [whole.subarray(at, end)])).toBe(end);
      expect(await again().partialFiles.size(key, handle)).toBe(end);
      expect(await storage.size(key)).toBeUndefined();
      at = end;
    }
    await again().partialFiles.complete(key, handle);
    expect(await storage.size(key)).toBe(whole.length);
    const read: Uint8Array[] = [];
    for await (const chunk of storage.read(key)) read.push(chunk);
    expect(Buffer.concat(read).equals(whole)).toBe(true);
    expect(await kept()).toEqual([key]);
  });

  test("the bytes before an error of the source stay, and the next piece continues behind them", async () => {
    const { storage, again } = await open();
    const { partialFiles } = storage;
    const handle = await partialFiles.create(key);
    let at = 0;
    for (const end of [500_000, 12_000_000, 12_000_001, 22_000_000]) {
      await expect(partialFiles.append(key, handle, at, broken(at, end))).rejects.toThrow(
        "the client went away",
      );
      at = (await again().partialFiles.size(key, handle))!;
      expect(at).toBe(end);
    }
    await partialFiles.append(key, handle, at, [whole.subarray(at)]);
    await partialFiles.complete(key, handle);
    const read: Uint8Array[] = [];
    for await (const chunk of storage.read(key)) read.push(chunk);
    expect(Buffer.concat(read).equals(whole)).toBe(true);
  });

  test("writers and completers of the same bytes do not disturb each other", async () => {
    const { storage } = await open();
    const { partialFiles } = storage;
    const handle = await partialFiles.create(key);
    await partialFiles.append(key, handle, 0, [whole.subarray(0, 12_000_000)]);
    const rest = [whole.subarray(12_000_000)];
    await Promise.all([
      partialFiles.append(key, handle, 12_000_000, rest),
      partialFiles.append(key, handle, 12_000_000, rest),
    ]);
    expect(await partialFiles.size(key, handle)).toBe(whole.length);
    await Promise.all(Array.from({ length: 8 }, () => partialFiles.complete(key, handle)));
    const read: Uint8Array[] = [];
    for await (const chunk of storage.read(key)) read.push(chunk);
    expect(Buffer.concat(read).equals(whole)).toBe(true);
  });

  test("completing a file again does nothing, and completing a deleted one fails", async () => {
    const { storage, kept } = await open();
    const { partialFiles } = storage;
    const handle = await partialFiles.create(key);
    await partialFiles.append(key, handle, 0, bytes("one"));
    await partialFiles.complete(key, handle);
    await partialFiles.complete(key, handle);
    await partialFiles.delete(key, handle);
    expect(await partialFiles.size(key, handle)).toBeUndefined();
    expect(await textOf(storage.read(key))).toBe("one");
    const gone = await partialFiles.create("uploads/b");
    await partialFiles.delete("uploads/b", gone);
    await expect(partialFiles.complete("uploads/b", gone)).rejects.toThrow(KeyNotFound);
    expect(await kept()).toEqual([key]);
  });

  test("a deleted file leaves nothing behind and takes no more bytes", async () => {
    const { storage, kept } = await open();
    const { partialFiles } = storage;
    for (const size of [0, 3, 10_485_760, 25_000_000]) {
      const handle = await partialFiles.create(key);
      await partialFiles.append(key, handle, 0, [whole.subarray(0, size)]);
      await partialFiles.delete(key, handle);
      await partialFiles.delete(key, handle);
      expect(await partialFiles.size(key, handle)).toBeUndefined();
      await expect(partialFiles.append(key, handle, 0, bytes("x"))).rejects.toThrow(KeyNotFound);
      expect(await kept()).toEqual([]);
    }
  });
}
