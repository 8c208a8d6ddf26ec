import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Refused } from "../../server/job.ts";
import {
  openUpload,
  saveUpload,
  UploadEmpty,
  UploadTooLarge,
} from "../../server/storage/uploads.ts";
import { addAccount, backends, openTestBackend } from "../support/backends.ts";
import { filesIn, temporaryStorage } from "./temporary.ts";

async function* chunks(...parts: string[]) {
  for (const part of parts) yield Buffer.from(part);
}

describe.each(backends)("uploads on $name", (which) => {
  let db: Awaited<ReturnType<typeof openTestBackend>>;
  beforeAll(async () => {
    db = await openTestBackend(which);
    await addAccount(db.backend, "account-2");
  });
  afterAll(() => db.close());

  const upload = { accountId: "account-1", userId: "user-1", name: "a.csv", mediaType: "text/csv" };
  const rows = () => db.backend.db.selectFrom("uploads").selectAll().execute();

  async function target(limit = 1_000_000) {
    await db.backend.db.deleteFrom("uploads").execute();
    const { storage, dir } = await temporaryStorage();
    return { target: { backend: db.backend, storage, maxBytes: limit }, storage, dir };
  }

  test("an upload saves the bytes and a row with name, type, size and hash", async () => {
    const { target: here, storage, dir } = await target();
    const row = await saveUpload(here, {
      ...upload,
      name: "../Kunden\r\n.csv",
      mediaType: "Text/CSV; charset=utf-8",
      chunks: chunks("a,b\n", "1,2\n"),
    });
    expect(row).toMatchObject({ name: "Kunden.csv", media_type: "text/csv", size: 8 });
    expect(await rows()).toEqual([row]);
    expect(await filesIn(dir)).toEqual([row.storage_key]);

    const source = await openUpload(db.backend, storage, { accountId: "account-1" }, row.id);
    expect([source.name, source.size]).toEqual(["Kunden.csv", 8]);
    expect(await text(source.read())).toBe("a,b\n1,2\n");
    expect(await text(source.read(4))).toBe("1,2\n");
  });

  test("of uploads that arrive at the same time no more are stored than the account has room for", async () => {
    const { target: here, dir } = await target();
    const processes = [1, 2].map(() => ({ ...here, maxStoredBytes: 1_000 }));
    const saves = Array.from({ length: 10 }, (_, nth) =>
      saveUpload(processes[nth % 2]!, { ...upload, chunks: chunks("x".repeat(400)) }),
    );
    const outcomes = await Promise.allSettled(saves);
    const refused = outcomes.filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(8);
    for (const { reason } of refused as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ name: "LimitReached", limit: "maxStoredBytes", max: 1_000 });
    }
    expect(await rows()).toHaveLength(2);
    expect(await filesIn(dir)).toHaveLength(2);
  });

  test("an upload with a malformed media type gets application/octet-stream", async () => {
    const { target: here } = await target();
    const row = await saveUpload(here, { ...upload, mediaType: "<b>", chunks: chunks("x") });
    expect(row.media_type).toBe("application/octet-stream");
  });

  test("an upload of exactly the limit is accepted, and a larger one is not read to its end", async () => {
    const { target: here, dir } = await target(1_500_000);
    let read = 0;
    async function* endless() {
      for (; read < 100_000_000; read += 500_000) yield Buffer.alloc(500_000);
    }
    const refused = saveUpload(here, { ...upload, chunks: endless() });
    await expect(refused).rejects.toThrow(UploadTooLarge);
    await expect(refused).rejects.toThrow("The file is larger than 1.5 MB");
    expect(read).toBe(1_500_000);
    expect(await filesIn(dir)).toEqual([]);
    expect(await rows()).toEqual([]);

    const limit = "x".repeat(1_500_000);
    expect(await saveUpload(here, { ...upload, chunks: chunks(limit) })).toMatchObject({
      size: 1_500_000,
    });
  });

  test("an empty upload is refused", async () => {
    const { target: here, dir } = await target();
    const refused = saveUpload(here, { ...upload, chunks: chunks("", "") });
    await expect(refused).rejects.toThrow(UploadEmpty);
    expect(await filesIn(dir)).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  test("an upload deletes its bytes when the row cannot be inserted", async () => {
    const { target: here, dir } = await target();
    const stranger = { ...upload, accountId: "no such account", chunks: chunks("x") };
    await expect(saveUpload(here, stranger)).rejects.toThrow(/foreign key/i);
    expect(await filesIn(dir)).toEqual([]);
  });

  test("an upload of another account, an unknown one and a deleted one cannot be opened", async () => {
    const { target: here, storage } = await target();
    const row = await saveUpload(here, { ...upload, chunks: chunks("x") });
    const open = (accountId: string, id: string) =>
      openUpload(db.backend, storage, { accountId }, id);
    await expect(open("account-2", row.id)).rejects.toThrow(Refused);
    await expect(open("account-1", "none")).rejects.toThrow(Refused);
    await storage.delete(row.storage_key);
    await expect(open("account-1", row.id)).rejects.toThrow("The uploaded file no longer exists");
  });
});
