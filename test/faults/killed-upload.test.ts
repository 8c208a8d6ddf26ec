import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openStorage } from "../../server/storage/open-storage.ts";
import { startWeb } from "../support/application.ts";
import { backends } from "../support/backends.ts";
import { killFamily } from "../support/processes.ts";
import { openBucket, type TestBucket } from "../support/s3/bucket.ts";
import { openScene } from "../support/scene/processes.ts";
import { createClient } from "./api-client.ts";
import { resumableUpload } from "./resumable-upload.ts";

let bucket: TestBucket;
beforeAll(async () => {
  bucket = await openBucket();
});
afterAll(() => bucket.close());

const file = randomBytes(33_000_000);
const sha256 = createHash("sha256").update(file).digest("hex");

describe.each([
  { storage: "a disk", which: backends[0]!, usesBucket: false },
  { storage: "a bucket", which: backends[1]!, usesBucket: true },
])("an upload to $storage with $which.name", ({ which, usesBucket }) => {
  /** Starts two web processes, and an upload. */
  async function open() {
    const scene = await openScene(which);
    const set = { NODE_ENV: "", ...(usesBucket && bucket.environment) };
    const first = await scene.application(set);
    const second = await startWeb(scene.place, set);
    onTestFinished(() => second.stop());
    const { authorization } = await createClient(first.url, scene.place);
    const upload = await resumableUpload(first.url, authorization, file.length);
    const storage = await openStorage({
      bucket: usesBucket ? bucket.address : null,
      storageDir: scene.place.storageDir,
    });

    async function expectWhole(): Promise<void> {
      const { db } = scene.backend;
      const row = await db.selectFrom("uploads").selectAll().executeTakeFirstOrThrow();
      expect(row).toMatchObject({ id: upload.id, size: file.length, sha256 });
      expect((await buffer(storage.read(row.storage_key))).equals(file)).toBe(true);
      expect(await db.selectFrom("partial_uploads").selectAll().execute()).toEqual([]);
    }
    return { scene, set, first, second, upload, expectWhole };
  }

  /** Sends the bytes from an offset on, and leaves the request open. */
  async function write(sending: ClientRequest, from: number, to: number): Promise<void> {
    await new Promise((resolve) => sending.write(file.subarray(from, to), resolve));
    await sleep(1_500);
  }

  test("goes on at another web process after the first was killed, and ends at a restarted one", async () => {
    const { scene, set, first, second, upload, expectWhole } = await open();
    const sending = upload.begin(0);
    await write(sending, 0, 24_000_000);
    await killFamily(first);
    const offset = await upload.offset(second.url);
    // Of a part for the bucket, what is not yet sent is lost.
    if (usesBucket) expect(offset).toBe(2 * 10 * 1024 * 1024);
    else expect(24_000_000 - offset).toBeLessThan(256 * 1024);
    const middle = 30_000_000;
    const answer = await upload.patch(offset, file.subarray(offset, middle), second.url);
    expect(answer.status).toBe(204);
    const restarted = await scene.application(set);
    expect(await upload.offset(restarted.url)).toBe(middle);
    expect((await upload.patch(middle, file.subarray(middle), restarted.url)).status).toBe(204);
    expect(await upload.offset(second.url)).toBe(file.length);
    await expectWhole();
  });

  test("is written by the latest request, though another process still receives an older one", async () => {
    const { first, second, upload, expectWhole } = await open();
    const old = upload.begin(0);
    await write(old, 0, 12_000_000);
    const offset = await upload.offset(second.url);
    const newer = upload.begin(offset, second.url);
    await sleep(1_000);
    const answered = once(old, "response") as Promise<[IncomingMessage]>;
    await write(old, 12_000_000, 12_100_000);
    const [answer] = await answered;
    expect(answer.statusCode).toBe(409);
    const done = once(newer, "response") as Promise<[IncomingMessage]>;
    newer.end(file.subarray(offset));
    expect((await done)[0].statusCode).toBe(204);
    expect(await upload.offset(first.url)).toBe(file.length);
    await expectWhole();
  });
});
