/** The tests that every storage must pass. */
import { text as textOf } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { InvalidKey, KeyNotFound, type Storage } from "../../server/storage/storage.ts";
import { bytes } from "./temporary.ts";

export interface Place {
  storage: Storage;
  /** The sorted keys of the storage, and the leftovers of incomplete files. */
  kept(): Promise<string[]>;
}

/** @param open creates an empty storage that is deleted when the test ends */
export function storageContract(open: () => Promise<Place>): void {
  describe("saved files", () => {
    test("the storage returns the saved bytes and their number", async () => {
      const { storage } = await open();
      expect(await storage.save("jobs/1/files/a", bytes("Zoë\n"))).toEqual({ size: 5 });
      expect(await textOf(storage.read("jobs/1/files/a"))).toBe("Zoë\n");
      expect(await storage.size("jobs/1/files/a")).toBe(5);
    });

    test("the storage saves chunks of all sizes in order from a source that reuses its buffer", async () => {
      const { storage } = await open();
      const sizes = [1, 0, 255_999, 262_144, 262_145, 7, 600_000, 262_143, 2];
      const buffer = Buffer.alloc(600_000);
      function* source() {
        for (const [letter, size] of sizes.entries()) {
          buffer.fill(65 + letter, 0, size);
          yield buffer.subarray(0, size);
        }
      }
      await storage.save("uploads/a", source());
      const expected = sizes.map((size, letter) => String.fromCharCode(65 + letter).repeat(size));
      expect((await textOf(storage.read("uploads/a"))) === expected.join("")).toBe(true);
    });

    test("the storage saves a large file and reads any range of it", async () => {
      const { storage } = await open();
      // Every position has a different byte, so misplaced bytes are detected.
      const whole = Buffer.alloc(24_000_000);
      for (let at = 0; at < whole.length; at += 4) whole.writeUInt32LE(at, at);
      async function* source() {
        for (let at = 0; at < whole.length; at += 700_001) yield whole.subarray(at, at + 700_001);
      }
      expect(await storage.save("uploads/a", source())).toEqual({ size: whole.length });
      for (const [from, to] of [[0], [1, 2], [524_287, 524_289], [9_999_999, 21_000_001]]) {
        const read = await collected(storage.read("uploads/a", { from, ...(to && { to }) }));
        expect(read.equals(whole.subarray(from, to))).toBe(true);
      }
    });

    test("a range includes its `from` and excludes its `to`", async () => {
      const { storage } = await open();
      await storage.save("uploads/a", bytes("0123456789"));
      const part = (range: { from?: number; to?: number }) =>
        textOf(storage.read("uploads/a", range));
      expect(await part({ from: 3 })).toBe("3456789");
      expect(await part({ to: 3 })).toBe("012");
      expect(await part({ from: 3, to: 5 })).toBe("34");
      expect(await part({ from: 8, to: 99 })).toBe("89");
      expect(await part({ from: 10 })).toBe("");
      expect(await part({ from: 99 })).toBe("");
      expect(await part({ from: 3, to: 3 })).toBe("");
    });

    test("the storage saves an empty file", async () => {
      const { storage } = await open();
      await storage.save("uploads/a", []);
      expect(await storage.size("uploads/a")).toBe(0);
      expect(await textOf(storage.read("uploads/a"))).toBe("");
    });

    test("a reader that stops early or reads slowly does not block others", async () => {
      const { storage } = await open();
      const names = Array.from({ length: 60 }, (_, at) => `jobs/1/scratch/${at}`);
      for (const name of names) await storage.save(name, [Buffer.alloc(600_000, name.at(-1)!)]);
      const readers = names.map((name) => storage.read(name)[Symbol.asyncIterator]());
      for (const reader of readers) expect((await reader.next()).done).toBe(false);
      for (const reader of readers.slice(0, 30)) await reader.return?.();
      for (const [at, reader] of readers.entries()) {
        if (at < 30) continue;
        let size = 0;
        for (let next = await reader.next(); !next.done; next = await reader.next()) {
          size += next.value.length;
        }
        expect(size).toBeGreaterThan(0);
      }
    });
  });

  describe("missing keys", () => {
    test("a missing key has no size and cannot be read", async () => {
      const { storage } = await open();
      await expect(textOf(storage.read("uploads/none"))).rejects.toThrow(KeyNotFound);
      expect(await storage.size("uploads/none")).toBeUndefined();
      await storage.save("uploads/a", bytes("a"));
      await expect(textOf(storage.read("uploads/a/b"))).rejects.toThrow(KeyNotFound);
      expect(await storage.size("uploads/a/b")).toBeUndefined();
    });

    test("a missing key is deleted without an error", async () => {
      const { storage } = await open();
      await storage.delete("uploads/none");
      await storage.deleteAll("jobs/none/");
      expect(await storage.size("uploads/none")).toBeUndefined();
    });
  });

  test("the storage deletes one key or all keys of a folder, and no others", async () => {
    const { storage, kept } = await open();
    const keys = ["jobs/1/scratch/a", "jobs/1/scratch/b", "jobs/1/files/c", "jobs/10/scratch/d"];
    for (const key of keys) await storage.save(key, bytes(key));
    await storage.delete("jobs/1/scratch/a");
    expect(await kept()).toEqual(["jobs/1/files/c", "jobs/1/scratch/b", "jobs/10/scratch/d"]);
    await storage.deleteAll("jobs/1/");
    expect(await kept()).toEqual(["jobs/10/scratch/d"]);
  });

  test("the storage lists the keys of a folder and no others", async () => {
    const { storage } = await open();
    const keys = ["jobs/1/files/a", "jobs/1/files/b", "jobs/1/files/c/d", "jobs/1/scratch/e"];
    for (const key of [...keys, "jobs/10/files/f"]) await storage.save(key, bytes(key));
    expect((await storage.list("jobs/1/files/")).sort()).toEqual(keys.slice(0, 3));
    expect((await storage.list("jobs/1/")).sort()).toEqual(keys);
    expect(await storage.list("jobs/2/")).toEqual([]);
  });

  describe("invalid keys", () => {
    const tricks = [
      "uploads/../../etc/passwd",
      "../uploads/a",
      "uploads/..",
      "uploads/.",
      "uploads/./a",
      "/etc/passwd",
      "uploads//a",
      "uploads/a\0.csv",
      "uploads\\..\\a",
      "uploads/a b",
      "uploads/a\n",
      "uploads/",
      "",
      // Other files in the folder of a disk storage.
      "secret",
      "headway.db",
      ".partial/a",
      `uploads/${"a".repeat(201)}`,
    ];
    test("every method rejects an invalid key", async () => {
      const { storage, kept } = await open();
      await storage.save("uploads/a", bytes("a"));
      for (const key of tricks) {
        await expect(storage.save(key, bytes("x")), key).rejects.toThrow(InvalidKey);
        await expect(textOf(storage.read(key)), key).rejects.toThrow(InvalidKey);
        await expect(storage.size(key), key).rejects.toThrow(InvalidKey);
        await expect((async () => storage.delete(key))(), key).rejects.toThrow(InvalidKey);
        await expect((async () => storage.deleteAll(`${key}/`))(), key).rejects.toThrow(InvalidKey);
        // A name alone may be a folder of the storage, which can be listed.
        if (/^[\w.]+$/.test(key)) continue;
        await expect((async () => storage.list(`${key}/`))(), key).rejects.toThrow(InvalidKey);
      }
      expect(await kept()).toEqual(["uploads/a"]);
    });
  });

  describe("atomic saves", () => {
    test.each([1_000, 1_000_000, 25_000_000])(
      "a save whose source fails after %i bytes leaves only the existing file",
      async (size) => {
        const { storage, kept } = await open();
        await storage.save("uploads/a", bytes("old"));
        let ended = false;
        async function* failing() {
          try {
            for (let at = 0; at < size; at += 500_000) yield Buffer.alloc(Math.min(size, 500_000));
            throw new Error("the client went away");
          } finally {
            ended = true;
          }
        }
        await expect(storage.save("uploads/a", failing())).rejects.toThrow("the client went away");
        await expect(storage.save("uploads/b", failing())).rejects.toThrow("the client went away");
        expect(ended).toBe(true);
        expect(await kept()).toEqual(["uploads/a"]);
        expect(await textOf(storage.read("uploads/a"))).toBe("old");
      },
    );

    test("a file is visible only when it is complete", async () => {
      const { storage } = await open();
      const seen: (number | undefined)[] = [];
      async function* source() {
        for (let chunk = 0; chunk < 4; chunk++) {
          yield Buffer.alloc(6_000_000);
          seen.push(await storage.size("uploads/a"));
        }
      }
      await storage.save("uploads/a", source());
      expect(seen).toEqual([undefined, undefined, undefined, undefined]);
      expect(await storage.size("uploads/a")).toBe(24_000_000);
    });

    test("one of many concurrent saves of a key wins completely", async () => {
      const { storage, kept } = await open();
      const letters = [..."abcdefgh"];
      const writes = letters.map((letter) =>
        storage.save("uploads/a", [Buffer.alloc(300_000, letter), Buffer.alloc(300_000, letter)]),
      );
      await Promise.all(writes);
      const text = await textOf(storage.read("uploads/a"));
      expect(letters.map((letter) => letter.repeat(600_000)).includes(text)).toBe(true);
      expect(await kept()).toEqual(["uploads/a"]);
    });
  });

  test("prepare can run repeatedly and leaves no files behind", async () => {
    const { storage, kept } = await open();
    await storage.save("uploads/a", bytes("a"));
    await Promise.all([storage.prepare(), storage.prepare()]);
    expect(await kept()).toEqual(["uploads/a"]);
  });
}

async function collected(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
