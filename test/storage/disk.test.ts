import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { createDiskStorage } from "../../server/storage/disk.ts";
import { BadKey, NotStored } from "../../server/storage/storage.ts";
import { bytes, filesIn, temporaryDir, temporaryStorage } from "./temporary.ts";

const program = (name: string) => join(import.meta.dirname, "programs", name);

describe("writing and reading", () => {
  test("gives back what was written, and how much that was", async () => {
    const { storage } = await temporaryStorage();
    expect(await storage.write("jobs/1/files/a", bytes("Zoë\n"))).toEqual({ size: 5 });
    expect(await textOf(storage.read("jobs/1/files/a"))).toBe("Zoë\n");
    expect(await storage.size("jobs/1/files/a")).toBe(5);
  });

  test("keeps chunks of all sizes in order, from a source that uses its buffer again", async () => {
    const { storage } = await temporaryStorage();
    const sizes = [1, 0, 255_999, 262_144, 262_145, 7, 600_000, 262_143, 2];
    const buffer = Buffer.alloc(600_000);
    function* source() {
      for (const [letter, size] of sizes.entries()) {
        buffer.fill(65 + letter, 0, size);
        yield buffer.subarray(0, size);
      }
    }
    await storage.write("uploads/a", source());
    const expected = sizes.map((size, letter) => String.fromCharCode(65 + letter).repeat(size));
    expect((await textOf(storage.read("uploads/a"))) === expected.join("")).toBe(true);
  });

  test("reads a part: `from` belongs to it, `to` does not", async () => {
    const { storage } = await temporaryStorage();
    await storage.write("uploads/a", bytes("0123456789"));
    const part = (range: { from?: number; to?: number }) =>
      textOf(storage.read("uploads/a", range));
    expect(await part({ from: 3 })).toBe("3456789");
    expect(await part({ to: 3 })).toBe("012");
    expect(await part({ from: 3, to: 5 })).toBe("34");
    expect(await part({ from: 8, to: 99 })).toBe("89");
    expect(await part({ from: 10 })).toBe("");
  });

  test("keeps an empty file", async () => {
    const { storage } = await temporaryStorage();
    await storage.write("uploads/a", []);
    expect(await storage.size("uploads/a")).toBe(0);
    expect(await textOf(storage.read("uploads/a"))).toBe("");
  });

  test("a reader goes on with the file that it began with", async () => {
    const { storage } = await temporaryStorage();
    await storage.write("uploads/a", [Buffer.alloc(400_000, "o")]);
    const reading = storage.read("uploads/a")[Symbol.asyncIterator]();
    await reading.next();
    await storage.write("uploads/a", bytes("new"));
    const rest = await reading.next();
    expect(Buffer.from(rest.value).toString()).toBe("o".repeat(400_000 - 262_144));
    expect((await reading.next()).done).toBe(true);
    expect(await textOf(storage.read("uploads/a"))).toBe("new");
  });

  test("a file that loses its end while it is read is an error, not an end", async () => {
    const { storage, dir } = await temporaryStorage();
    await storage.write("uploads/a", [Buffer.alloc(400_000)]);
    const reading = storage.read("uploads/a")[Symbol.asyncIterator]();
    await reading.next();
    await truncate(join(dir, "uploads/a"), 10);
    await expect(reading.next()).rejects.toThrow("ends after 262144 of 400000 bytes");
  });
});

describe("what is not there", () => {
  test("throws when the reading begins, and has no size", async () => {
    const { storage } = await temporaryStorage();
    const reading = storage.read("uploads/none");
    await expect(textOf(reading)).rejects.toThrow(NotStored);
    expect(await storage.size("uploads/none")).toBeUndefined();
    await storage.write("uploads/a", bytes("a"));
    await expect(textOf(storage.read("uploads/a/b"))).rejects.toThrow(NotStored);
    expect(await storage.size("uploads/a/b")).toBeUndefined();
  });

  test("is removed without a word", async () => {
    const { storage } = await temporaryStorage();
    await storage.remove("uploads/none");
    await storage.removeAll("jobs/none/");
    expect(await storage.size("uploads/none")).toBeUndefined();
  });
});

test("removes one key, or all of a folder and nothing beside it", async () => {
  const { storage, dir } = await temporaryStorage();
  const keys = ["jobs/1/scratch/a", "jobs/1/scratch/b", "jobs/1/files/c", "jobs/10/scratch/d"];
  for (const key of keys) await storage.write(key, bytes(key));
  await storage.remove("jobs/1/scratch/a");
  expect(await filesIn(dir)).toEqual(["jobs/1/files/c", "jobs/1/scratch/b", "jobs/10/scratch/d"]);
  await storage.removeAll("jobs/1/");
  expect(await filesIn(dir)).toEqual(["jobs/10/scratch/d"]);
});

describe("keys", () => {
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
    // What else lies in the folder of the storage.
    "secret",
    "headway.db",
    ".partial/a",
    `uploads/${"a".repeat(201)}`,
  ];
  test.each(tricks)("%j is refused by everything", async (key) => {
    const { storage, dir } = await temporaryStorage();
    await writeFile(join(dir, "secret"), "secret");
    await expect(storage.write(key, bytes("x"))).rejects.toThrow(BadKey);
    await expect(textOf(storage.read(key))).rejects.toThrow(BadKey);
    await expect(storage.size(key)).rejects.toThrow(BadKey);
    await expect((async () => storage.remove(key))()).rejects.toThrow(BadKey);
    await expect((async () => storage.removeAll(`${key}/`))()).rejects.toThrow(BadKey);
    expect(await filesIn(dir)).toEqual(["secret"]);
  });
});

describe("whole or not at all", () => {
  test("a source that fails leaves what was there, and nothing else", async () => {
    const { storage, dir } = await temporaryStorage();
    await storage.write("uploads/a", bytes("old"));
    async function* failing() {
      yield Buffer.alloc(1_000_000);
      throw new Error("the client went away");
    }
    await expect(storage.write("uploads/a", failing())).rejects.toThrow("the client went away");
    await expect(storage.write("uploads/b", failing())).rejects.toThrow("the client went away");
    expect(await filesIn(dir)).toEqual(["uploads/a"]);
    expect(await textOf(storage.read("uploads/a"))).toBe("old");
  });

  test("nobody sees a file before it is whole", async () => {
    const { storage } = await temporaryStorage();
    const seen: (number | undefined)[] = [];
    async function* source() {
      for (let chunk = 0; chunk < 3; chunk++) {
        yield Buffer.alloc(300_000);
        seen.push(await storage.size("uploads/a"));
      }
    }
    await storage.write("uploads/a", source());
    expect(seen).toEqual([undefined, undefined, undefined]);
    expect(await storage.size("uploads/a")).toBe(900_000);
  });

  test("of many writers of one key, one wins whole", async () => {
    const { storage, dir } = await temporaryStorage();
    const letters = [..."abcdefgh"];
    const writes = letters.map((letter) =>
      storage.write("uploads/a", [Buffer.alloc(300_000, letter), Buffer.alloc(300_000, letter)]),
    );
    await Promise.all(writes);
    const text = await textOf(storage.read("uploads/a"));
    expect(letters.map((letter) => letter.repeat(600_000)).includes(text)).toBe(true);
    expect(await filesIn(dir)).toEqual(["uploads/a"]);
  });

  test("a process killed in the middle leaves what was there; its leftover goes later", async () => {
    const dir = await temporaryDir();
    const child = spawn(process.execPath, [program("write-slowly.ts"), dir]);
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);

    const storage = createDiskStorage(dir);
    expect(await textOf(storage.read("uploads/one"))).toBe("old");
    const [leftover, ...others] = await readdir(join(dir, ".partial"));
    expect(others).toEqual([]);

    // Another process may be writing to it still: it stays while it is young.
    await storage.write("uploads/two", bytes("2"));
    expect(await readdir(join(dir, ".partial"))).toEqual([leftover]);
    const yesterday = Date.now() / 1000 - 25 * 3600;
    await utimes(join(dir, ".partial", leftover!), yesterday, yesterday);
    await createDiskStorage(dir).write("uploads/two", bytes("2"));
    expect(await filesIn(dir)).toEqual(["uploads/one", "uploads/two"]);
  });

  // A file system of 2 MB where the system lets us make one, else a limit on the size of a file.
  const limited = "ulimit -f 2048; exec node fill dir";
  const small = `unshare -rm sh -c 'mount -t tmpfs -o size=2m none dir && exec node fill dir' || { ${limited}; }`;
  test.each([small, limited])("a disk that fills up: %s", async (command) => {
    const dir = await temporaryDir();
    const script = command
      .replaceAll("node fill dir", `"${process.execPath}" "${program("fill.ts")}" "${dir}"`)
      .replaceAll("none dir", `none "${dir}"`);
    const { stdout } = await promisify(execFile)("sh", ["-c", script]);
    expect(JSON.parse(stdout)).toEqual({
      error: { name: "StorageFull", message: expect.stringMatching(/^The disk is full/) },
      kept: "kept",
      partial: [],
    });
  });
});

test("a folder that cannot be made is tried again with the next write", async () => {
  const dir = join(await temporaryDir(), "later");
  await writeFile(dir, "a file stands in the way");
  const storage = createDiskStorage(dir);
  await expect(storage.write("uploads/a", bytes("a"))).rejects.toThrow(/ENOTDIR|EEXIST/);
  await rm(dir);
  await mkdir(dir);
  await storage.write("uploads/a", bytes("a"));
  expect(await textOf(storage.read("uploads/a"))).toBe("a");
});
