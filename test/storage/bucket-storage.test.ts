import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { BucketAddress } from "../../server/storage/bucket-address.ts";
import { createBucketStorage } from "../../server/storage/s3/bucket-storage.ts";
import { StorageUnavailable } from "../../server/storage/storage.ts";
import { openBucket, type TestBucket } from "../support/s3/bucket.ts";
import { storageContract } from "./contract.ts";
import { partialFilesContract } from "./partial-files-contract.ts";
import { bytes } from "./temporary.ts";

let bucket: TestBucket;
beforeAll(async () => {
  bucket = await openBucket();
});
afterAll(() => bucket.close());

/** A storage with an empty prefix of the bucket. */
let places = 0;
function emptyPrefix() {
  const folder = `place-${places++}`;
  const prefix = `${bucket.address.prefix}${folder}/`;
  const storage = createBucketStorage({ ...bucket.address, prefix });
  const kept = async () => {
    const keys = (await bucket.keys()).filter((key) => key.startsWith(`${folder}/`));
    return [...keys.map((key) => key.slice(folder.length + 1)), ...(await bucket.uploads())];
  };
  return { storage, kept, prefix };
}

describe("bucket storage", () => {
  storageContract(async () => emptyPrefix());
});

describe("partial files in a bucket", () => {
  partialFilesContract(async () => {
    const { storage, kept, prefix } = emptyPrefix();
    const again = () => createBucketStorage({ ...bucket.address, prefix });
    return { storage, again, kept };
  });
});

describe("the S3 server of the tests", () => {
  test("the S3 server of the tests rejects requests that are signed with another key", async () => {
    const { storage } = emptyPrefix();
    const plain = await fetch(`${bucket.address.endpoint}/files?list-type=2`);
    expect(plain.status).toBe(403);
    await withKey("wrong", async () => {
      await expect(storage.save("uploads/a", bytes("x"))).rejects.toThrow(/SignatureDoesNotMatch/);
    });
  });
});

describe("saves to a bucket", () => {
  test("a save reads no more of its source while a part is being sent", async () => {
    const { storage } = emptyPrefix();
    let sent = 0;
    async function* source() {
      for await (const megabyte of megabytes(60)) {
        if (++sent === 12) bucket.server.kill("SIGSTOP");
        yield megabyte;
      }
    }
    const writing = storage.save("uploads/a", source());
    await sleep(2_000);
    expect(sent).toBeGreaterThan(10);
    expect(sent).toBeLessThan(25);
    bucket.server.kill("SIGCONT");
    expect(await writing).toEqual({ size: 60_000_000 });
    expect(await storage.size("uploads/a")).toBe(60_000_000);
  });

  test("a killed save leaves the existing file, and its abandoned parts are aborted later", async () => {
    const { storage, prefix } = emptyPrefix();
    const address: BucketAddress = { ...bucket.address, prefix };
    const program = join(import.meta.dirname, "programs/write-to-bucket.ts");
    const child = spawn(process.execPath, [program, JSON.stringify(address)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
    expect(await textOf(storage.read("uploads/one"))).toBe("old");
    const [left, ...others] = await bucket.uploads();
    expect(left).toBeDefined();
    expect(others).toEqual([]);

    // A recent upload stays, because another process may still be sending parts.
    await storage.prepare();
    expect(await bucket.uploads()).toEqual([left]);
    const longAgo = Date.now() / 1000 - 8 * 24 * 3600;
    await utimes(join(left!, "key"), longAgo, longAgo);
    await emptyPrefix().storage.prepare();
    expect(await bucket.uploads()).toEqual([left]);
    await storage.prepare();
    expect(await bucket.uploads()).toEqual([]);
  });
});

test("a read fails when the file changes meanwhile", async () => {
  const { storage } = emptyPrefix();
  for (const change of [[Buffer.alloc(2_000_000, "n")], bytes("short")]) {
    await storage.save("uploads/a", [Buffer.alloc(2_000_000, "o")]);
    const reading = storage.read("uploads/a")[Symbol.asyncIterator]();
    await reading.next();
    await storage.save("uploads/a", change);
    const rest = async () => {
      while (!(await reading.next()).done);
    };
    await expect(rest()).rejects.toThrow("A file changed while it was being read");
  }
});

test("deleteAll deletes a folder of more than a thousand files", async () => {
  const { storage, kept, prefix } = emptyPrefix();
  const folder = join(bucket.dir, prefix, "jobs/1/scratch");
  await mkdir(folder, { recursive: true });
  // Writes the server's own files, because a thousand requests take long.
  for (let at = 0; at < 1_020; at++) await writeFile(join(folder, `${at}._S3rver_object`), "x");
  await storage.save("jobs/2/scratch/a", bytes("x"));
  expect(await kept()).toHaveLength(1_021);
  await storage.deleteAll("jobs/1/");
  expect(await kept()).toEqual(["jobs/2/scratch/a"]);
});

describe("bucket errors", () => {
  const other = (different: Partial<BucketAddress>) =>
    createBucketStorage({ ...bucket.address, ...different });

  test("every method reports a bucket that does not exist", async () => {
    const storage = other({ bucket: "elsewhere" });
    const message = "The bucket of the file storage does not exist";
    for (const call of everything(storage)) await expect(call).rejects.toThrow(message);
    // At the start of a process the message also names the bucket and its server.
    await expect(storage.prepare()).rejects.toThrow(
      `${message} (bucket "elsewhere" at ${bucket.address.endpoint})`,
    );
  });

  test("every method reports rejected credentials", async () => {
    const storage = other({});
    await withKey("wrong", async () => {
      for (const call of everything(storage)) {
        await expect(call).rejects.toThrow("The file storage rejects its credentials");
      }
    });
  });

  test("every method reports a server that cannot be reached", async () => {
    const endpoint = `http://127.0.0.1:${await unusedPort()}`;
    for (const call of everything(other({ endpoint }))) {
      await expect(call).rejects.toThrow("The file storage cannot be reached");
    }
  });

  test("every method reports a server that closes every connection", async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    for (const call of everything(other({ endpoint: `http://127.0.0.1:${port}` }))) {
      await expect(call).rejects.toThrow("The file storage does not answer");
    }
  });

  test("a save fails and closes its source when the server dies between two parts", async () => {
    const { storage, kept } = emptyPrefix();
    let ended = false;
    async function* source() {
      try {
        yield* megabytes(15);
        bucket.server.kill("SIGKILL");
        await bucket.server.exited;
        yield* megabytes(100);
      } finally {
        ended = true;
      }
    }
    await expect(storage.save("uploads/a", source())).rejects.toThrow(/^The file storage/);
    expect(ended).toBe(true);
    await bucket.restart();
    expect(await storage.size("uploads/a")).toBeUndefined();
    // The upload could not be aborted without the server; `prepare` aborts it once it is old.
    const [left] = (await kept()) as [string];
    await rm(left, { recursive: true });
  });

  test("the storage reads files again once the server is back", async () => {
    const { storage } = emptyPrefix();
    await storage.save("uploads/a", [Buffer.alloc(2_000_000, "a")]);
    const reading = storage.read("uploads/a")[Symbol.asyncIterator]();
    await reading.next();
    bucket.server.kill("SIGKILL");
    await bucket.server.exited;
    await expect(storage.size("uploads/a")).rejects.toThrow(StorageUnavailable);
    await bucket.restart();
    expect((await textOf(storage.read("uploads/a"))).length).toBe(2_000_000);
  });

  /** Every method of a storage, so that all report the same error. */
  function everything(storage: ReturnType<typeof createBucketStorage>): Promise<unknown>[] {
    return [
      storage.prepare(),
      storage.save("uploads/a", bytes("x")),
      storage.save("uploads/a", megabytes(30)),
      textOf(storage.read("uploads/a")),
      storage.size("uploads/a"),
      storage.delete("uploads/a"),
      storage.deleteAll("jobs/1/"),
    ].map((asked) => {
      asked.catch(() => {});
      return asked;
    });
  }
});

async function* megabytes(count: number) {
  for (let sent = 0; sent < count; sent++) yield Buffer.alloc(1_000_000);
}

async function withKey(secret: string, work: () => Promise<void>): Promise<void> {
  const right = process.env.AWS_SECRET_ACCESS_KEY;
  process.env.AWS_SECRET_ACCESS_KEY = secret;
  try {
    await work();
  } finally {
    process.env.AWS_SECRET_ACCESS_KEY = right;
  }
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}
