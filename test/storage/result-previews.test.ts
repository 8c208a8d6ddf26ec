import { expect, test } from "vitest";
import type { FileRow } from "../../server/backend/schema.ts";
import { createPreviews } from "../../server/storage/result-previews.ts";
import { bytes, temporaryStorage } from "./temporary.ts";

function file(id: string, different: Partial<FileRow> = {}): FileRow {
  const times = { created_at: 0, expires_at: null, deleted_at: null };
  const row = {
    id,
    job_id: "job",
    role: "result" as const,
    name: id,
    media_type: "text/plain",
    items: null,
    account_id: null,
  };
  return { ...row, ...times, size: 1_000_000, storage_key: `jobs/job/files/${id}`, ...different };
}

/** A storage that records its calls. */
async function setUp() {
  const { storage } = await temporaryStorage();
  const reads: string[] = [];
  const read: typeof storage.read = (key, range) => {
    reads.push(`${key} ${range?.to}`);
    return storage.read(key, range);
  };
  return { storage, asked: reads, previews: createPreviews({ read }) };
}

test("a preview reads the start of a file once", async () => {
  const { storage, asked, previews } = await setUp();
  await storage.save("jobs/job/files/a", bytes("first\n".repeat(100_000)));
  const lines = Array(12).fill("first");
  expect(await previews.get(file("a"))).toEqual({ kind: "text", lines, hasMore: true });
  await storage.delete("jobs/job/files/a");
  expect(await previews.get(file("a"))).toEqual({ kind: "text", lines, hasMore: true });
  expect(asked).toEqual(["jobs/job/files/a 64000"]);
});

test("a preview of an image or an unknown type reads nothing", async () => {
  const { asked, previews } = await setUp();
  expect(await previews.get(file("a", { media_type: "image/png" }))).toEqual({ kind: "image" });
  expect(await previews.get(file("b", { media_type: "application/pdf" }))).toBeNull();
  expect(asked).toEqual([]);
});

test("a preview is empty while the storage is unavailable and does not read again for a while", async () => {
  const { asked, previews } = await setUp();
  expect(await previews.get(file("gone"))).toBeNull();
  expect(await previews.get(file("another"))).toBeNull();
  expect(asked).toHaveLength(1);
});

test("a preview gives up on a storage that does not answer", async () => {
  const read = () => ({
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
  });
  expect(await createPreviews({ read }).get(file("a"))).toBeNull();
});
