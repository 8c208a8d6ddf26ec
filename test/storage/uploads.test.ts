import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Refused } from "../../server/job.ts";
import {
  keepUpload,
  openUpload,
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

  async function place(limit = 1_000_000) {
    await db.backend.db.deleteFrom("uploads").execute();
    const { storage, dir } = await temporaryStorage();
    return { place: { backend: db.backend, storage, limit }, storage, dir };
  }

  test("keeps the bytes and a row that says what they are", async () => {
    const { place: here, storage, dir } = await place();
    const row = await keepUpload(here, {
      ...upload,
      name: "../Kunden\r\n.csv",
      mediaType: "Text/CSV; charset=utf-8",
      chunks: chunks("a,b\n", "1,2\n"),
    });
    expect(row).toMatchObject({ name: "Kunden.csv", media_type: "text/csv", size: 8 });
    expect(await rows()).toEqual([row]);
    expect(await filesIn(dir)).toEqual([row.storage_key]);

    const source = await openUpload(db.backend, storage, "account-1", row.id);
    expect([source.name, source.size]).toEqual(["Kunden.csv", 8]);
    expect(await text(source.read())).toBe("a,b\n1,2\n");
    expect(await text(source.read(4))).toBe("1,2\n");
  });

  test("what calls itself no media type is just bytes", async () => {
    const { place: here } = await place();
    const row = await keepUpload(here, { ...upload, mediaType: "<b>", chunks: chunks("x") });
    expect(row.media_type).toBe("application/octet-stream");
  });

  test("takes a file of exactly the limit, and stops reading a larger one", async () => {
    const { place: here, dir } = await place(1_500_000);
    let read = 0;
    async function* endless() {
      for (; read < 100_000_000; read += 500_000) yield Buffer.alloc(500_000);
    }
    const refused = keepUpload(here, { ...upload, chunks: endless() });
    await expect(refused).rejects.toThrow(UploadTooLarge);
    await expect(refused).rejects.toThrow("The file is larger than 1.5 MB");
    expect(read).toBe(1_500_000);
    expect(await filesIn(dir)).toEqual([]);
    expect(await rows()).toEqual([]);

    const limit = "x".repeat(1_500_000);
    expect(await keepUpload(here, { ...upload, chunks: chunks(limit) })).toMatchObject({
      size: 1_500_000,
    });
  });

  test("refuses an empty file", async () => {
    const { place: here, dir } = await place();
    const refused = keepUpload(here, { ...upload, chunks: chunks("", "") });
    await expect(refused).rejects.toThrow(UploadEmpty);
    expect(await filesIn(dir)).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  test("leaves no bytes where the row cannot be written", async () => {
    const { place: here, dir } = await place();
    const stranger = { ...upload, accountId: "no such account", chunks: chunks("x") };
    await expect(keepUpload(here, stranger)).rejects.toThrow(/foreign key/i);
    expect(await filesIn(dir)).toEqual([]);
  });

  test("opens nothing of another account, nothing unknown and nothing that is gone", async () => {
    const { place: here, storage } = await place();
    const row = await keepUpload(here, { ...upload, chunks: chunks("x") });
    const open = (account: string, id: string) => openUpload(db.backend, storage, account, id);
    await expect(open("account-2", row.id)).rejects.toThrow(Refused);
    await expect(open("account-1", "none")).rejects.toThrow(Refused);
    await storage.remove(row.storage_key);
    await expect(open("account-1", row.id)).rejects.toThrow("The uploaded file is no longer there");
  });
});
