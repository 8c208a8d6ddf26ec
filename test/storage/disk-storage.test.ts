import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { mkdir, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { InvalidKey } from "../../server/storage/storage.ts";
import { storageContract } from "./contract.ts";
import { partialFilesContract } from "./partial-files-contract.ts";
import { bytes, filesIn, temporaryDir, temporaryStorage } from "./temporary.ts";

const program = (name: string) => join(import.meta.dirname, "programs", name);

describe("disk storage", () => {
  storageContract(async () => {
    const { storage, dir } = await temporaryStorage();
    return { storage, kept: () => filesIn(dir) };
  });
});

describe("partial files on a disk", () => {
  partialFilesContract(async () => {
    const { storage, dir } = await temporaryStorage();
    const again = () => createDiskStorage(dir);
    return { storage, again, kept: () => filesIn(dir) };
  });
});

describe("reads from a disk", () => {
  test("a read continues with the old file after a new one was saved", async () => {
    const { storage } = await temporaryStorage();
    await storage.save("uploads/a", [Buffer.alloc(400_000, "o")]);
    const reading = storage.read("uploads/a")[Symbol.asyncIterator]();
    await reading.next();
    await storage.save("uploads/a", bytes("new"));
    const rest = await reading.next();
    expect(Buffer.from(rest.value).toString()).toBe("o".repeat(400_000 - 262_144));
    expect((await reading.next()).done).toBe(true);
    expect(await textOf(storage.read("uploads/a"))).toBe("new");
  });

  test("a read fails when the file is truncated meanwhile", async () => {
    const { storage, dir } = await temporaryStorage();
    await storage.save("uploads/a", [Buffer.alloc(400_000)]);
    const reading = storage.read("uploads/a")[Symbol.asyncIterator]();
    await reading.next();
    await truncate(join(dir, "uploads/a"), 10);
    await expect(reading.next()).rejects.toThrow("ends after 262144 of 400000 bytes");
  });
});

test("a key cannot reach other files in the storage folder", async () => {
  const { storage, dir } = await temporaryStorage();
  await writeFile(join(dir, "secret"), "secret");
  await expect(textOf(storage.read("secret"))).rejects.toThrow(InvalidKey);
  await expect(storage.save("uploads/../secret", bytes("x"))).rejects.toThrow(InvalidKey);
  expect(await readFile(join(dir, "secret"), "utf8")).toBe("secret");
});

test("only its owner can read a stored file and its folders", async () => {
  const { storage, dir } = await temporaryStorage();
  const permissions = (path: string) => statSync(join(dir, path)).mode & 0o777;
  await storage.save("uploads/one", bytes("1"));
  const handle = await storage.partialFiles.create("uploads/two");
  expect(permissions("uploads/one")).toBe(0o600);
  expect(permissions(`.partial/${handle}`)).toBe(0o600);
  for (const folder of ["uploads", ".partial"]) expect(permissions(folder), folder).toBe(0o700);
});

describe("interrupted saves to a disk", () => {
  test("a killed save leaves the existing file, and its partial file is deleted later", async () => {
    const dir = await temporaryDir();
    const child = spawn(process.execPath, [program("write-slowly.ts"), dir]);
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);

    const storage = createDiskStorage(dir);
    expect(await textOf(storage.read("uploads/one"))).toBe("old");
    const [leftover, ...others] = await readdir(join(dir, ".partial"));
    expect(others).toEqual([]);

    // A recent partial file stays, because another process may still be writing it.
    await storage.save("uploads/two", bytes("2"));
    expect(await readdir(join(dir, ".partial"))).toEqual([leftover]);
    const yesterday = Date.now() / 1000 - 25 * 3600;
    await utimes(join(dir, ".partial", leftover!), yesterday, yesterday);
    await createDiskStorage(dir).save("uploads/two", bytes("2"));
    expect(await filesIn(dir)).toEqual(["uploads/one", "uploads/two"]);
  });

  // A file system of 2 MB if the tests may mount one, otherwise a limit on the size of a file.
  const limited = "ulimit -f 2048; exec node fill dir";
  const small = `unshare -rm sh -c 'mount -t tmpfs -o size=2m none dir && exec node fill dir' || { ${limited}; }`;
  test.each([small, limited])(
    "a save leaves the existing file and no partial file when the disk fills up: %s",
    async (command) => {
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
    },
  );
});

test("a storage folder that could not be created is created by a later save", async () => {
  const dir = join(await temporaryDir(), "later");
  await writeFile(dir, "a file stands in the way");
  const storage = createDiskStorage(dir);
  await expect(storage.save("uploads/a", bytes("a"))).rejects.toThrow(/ENOTDIR|EEXIST/);
  await rm(dir);
  await mkdir(dir);
  await storage.save("uploads/a", bytes("a"));
  expect(await textOf(storage.read("uploads/a"))).toBe("a");
});
