import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { BucketAddress } from "../../server/storage/s3/bucket-address.ts";
import { createBucketStorage } from "../../server/storage/s3/s3.ts";
import { StorageAway } from "../../server/storage/storage.ts";
import { openBucket, type TestBucket } from "../support/s3/bucket.ts";
import { storageContract } from "./contract.ts";
import { bytes } from "./temporary.ts";

let bucket: TestBucket;
beforeAll(async () => {
  bucket = await openBucket();
});
afterAll(() => bucket.close());

/** A storage in a part of the bucket where nothing is yet. */
let places = 0;
function emptyPlace() {
  const folder = `place-${places++}`;
  const prefix = `${bucket.address.prefix}${folder}/`;
  const storage = createBucketStorage({ ...bucket.address, prefix });
  const kept = async () => {
    const keys = (await bucket.keys()).filter((key) => key.startsWith(`${folder}/`));
    return [...keys.map((key) => key.slice(folder.length + 1)), ...(await bucket.uploads())];
  };
  return { storage, kept, prefix };
}

describe("as every storage", () => {
  storageContract(async () => emptyPlace());
});

describe("the server that the tests rely on", () => {
  test("takes nothing that is not signed with the right key", async () => {
    const { storage } = emptyPlace();
    const plain = await fetch(`${bucket.address.endpoint}/files?list-type=2`);
    expect(plain.status).toBe(403);
    await withKey("wrong", async () => {
      await expect(storage.write("uploads/a", bytes("x"))).rejects.toThrow(/SignatureDoesNotMatch/);
    });
  });
});

describe("while files are written", () => {
  test("a part that is being sent holds the source up", async () => {
    const { storage } = emptyPlace();
    let given = 0;
    async function* source() {
      for await (const megabyte of megabytes(60)) {
        if (++given === 12) bucket.server.kill("SIGSTOP");
        yield megabyte;
      }
    }
    const writing = storage.write("uploads/a", source());
    await sleep(2_000);
    expect(given).toBeGreaterThan(10);
    expect(given).toBeLessThan(25);
    bucket.server.kill("SIGCONT");
    expect(await writing).toEqual({ size: 60_000_000 });
    expect(await storage.size("uploads/a")).toBe(60_000_000);
  });

  test("a process killed in the middle leaves what was there; its parts go later", async () => {
    const { storage, prefix } = emptyPlace();
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

    // Another process may be sending to it still: it stays while it is young.
    await storage.prepare();
    expect(await bucket.uploads()).toEqual([left]);
    const longAgo = Date.now() / 1000 - 8 * 24 * 3600;
    await utimes(join(left!, "key"), longAgo, longAgo);
    await emptyPlace().storage.prepare();
    expect(await bucket.uploads()).toEqual([left]);
    await storage.prepare();
    expect(await bucket.uploads()).toEqual([]);
  });
});

test("a file that changes while it is read is an error, not a mixture", async () => {
  const { storage } = emptyPlace();
  for (const change of [[Buffer.alloc(2_000_000, "n")], bytes("short")]) {
    await storage.write("uploads/a", [Buffer.alloc(2_000_000, "o")]);
    const reading = storage.read("uploads/a")[Symbol.asyncIterator]();
    await reading.next();
    await storage.write("uploads/a", change);
    const rest = async () => {
      while (!(await reading.next()).done);
    };
    await expect(rest()).rejects.toThrow("A file has changed while it was read");
  }
});

test("a folder of more than a thousand files goes whole", async () => {
  const { storage, kept, prefix } = emptyPlace();
  const folder = join(bucket.dir, prefix, "jobs/1/scratch");
  await mkdir(folder, { recursive: true });
  // The server's own files, for asking it a thousand times takes long.
  for (let at = 0; at < 1_020; at++) await writeFile(join(folder, `${at}._S3rver_object`), "x");
  await storage.write("jobs/2/scratch/a", bytes("x"));
  expect(await kept()).toHaveLength(1_021);
  await storage.removeAll("jobs/1/");
  expect(await kept()).toEqual(["jobs/2/scratch/a"]);
});

describe("what is wrong is told in words", () => {
  const other = (different: Partial<BucketAddress>) =>
    createBucketStorage({ ...bucket.address, ...different });

  test("no such bucket", async () => {
    const storage = other({ bucket: "elsewhere" });
    const said = "The bucket of the file storage is not there";
    for (const asked of everything(storage)) await expect(asked).rejects.toThrow(said);
    // Whoever starts a process is told where that is.
    await expect(storage.prepare()).rejects.toThrow(
      `${said} (bucket "elsewhere" at ${bucket.address.endpoint})`,
    );
  });

  test("credentials that are refused", async () => {
    const storage = other({});
    await withKey("wrong", async () => {
      for (const asked of everything(storage)) {
        await expect(asked).rejects.toThrow("The file storage refuses its credentials");
      }
    });
  });

  test("a server that is not there", async () => {
    const endpoint = `http://127.0.0.1:${await unusedPort()}`;
    for (const asked of everything(other({ endpoint }))) {
      await expect(asked).rejects.toThrow("The file storage cannot be reached");
    }
  });

  test("a server that cuts every connection", async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    for (const asked of everything(other({ endpoint: `http://127.0.0.1:${port}` }))) {
      await expect(asked).rejects.toThrow("The file storage does not answer");
    }
  });

  test("a server that goes away between two parts; the source is told to end", async () => {
    const { storage, kept } = emptyPlace();
    let ended = false;
    async function* source() {
      try {
        yield* megabytes(15);
        bucket.server.kill("SIGKILL");
        await bucket.server.gone;
        yield* megabytes(100);
      } finally {
        ended = true;
      }
    }
    await expect(storage.write("uploads/a", source())).rejects.toThrow(/^The file storage/);
    expect(ended).toBe(true);
    await bucket.startAgain();
    expect(await storage.size("uploads/a")).toBeUndefined();
    // With the server away nobody could take the parts back: they go with the old ones.
    const [left] = (await kept()) as [string];
    await rm(left, { recursive: true });
  });

  test("and once the server is there again, so are the files", async () => {
    const { storage } = emptyPlace();
    await storage.write("uploads/a", [Buffer.alloc(2_000_000, "a")]);
    const reading = storage.read("uploads/a")[Symbol.asyncIterator]();
    await reading.next();
    bucket.server.kill("SIGKILL");
    await bucket.server.gone;
    await expect(storage.size("uploads/a")).rejects.toThrow(StorageAway);
    await bucket.startAgain();
    expect((await textOf(storage.read("uploads/a"))).length).toBe(2_000_000);
  });

  /** Each thing that can be asked of a storage, so that none says less than the others. */
  function everything(storage: ReturnType<typeof createBucketStorage>): Promise<unknown>[] {
    return [
      storage.prepare(),
      storage.write("uploads/a", bytes("x")),
      storage.write("uploads/a", megabytes(30)),
      textOf(storage.read("uploads/a")),
      storage.size("uploads/a"),
      storage.remove("uploads/a"),
      storage.removeAll("jobs/1/"),
    ].map((asked) => {
      asked.catch(() => {});
      return asked;
    });
  }
});

async function* megabytes(count: number) {
  for (let given = 0; given < count; given++) yield Buffer.alloc(1_000_000);
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
