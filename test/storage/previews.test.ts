import { expect, test } from "vitest";
import type { FileRow } from "../../server/backend/schema.ts";
import { createPreviews } from "../../server/storage/previews.ts";
import { bytes, temporaryStorage } from "./temporary.ts";

function file(id: string, different: Partial<FileRow> = {}): FileRow {
  const times = { created_at: 0, expires_at: null, deleted_at: null };
  const row = { id, job_id: "job", role: "result" as const, name: id, media_type: "text/plain" };
  return { ...row, ...times, size: 1_000_000, storage_key: `jobs/job/files/${id}`, ...different };
}

/** A storage that says what it is asked for. */
async function setUp() {
  const { storage } = await temporaryStorage();
  const asked: string[] = [];
  const read: typeof storage.read = (key, range) => {
    asked.push(`${key} ${range?.to}`);
    return storage.read(key, range);
  };
  return { storage, asked, previews: createPreviews({ read }) };
}

test("the beginning of a file is read, once", async () => {
  const { storage, asked, previews } = await setUp();
  await storage.write("jobs/job/files/a", bytes("first\n".repeat(100_000)));
  const lines = Array(20).fill("first");
  expect(await previews.of(file("a"))).toEqual({ kind: "text", lines });
  await storage.remove("jobs/job/files/a");
  expect(await previews.of(file("a"))).toEqual({ kind: "text", lines });
  expect(asked).toEqual(["jobs/job/files/a 64000"]);
});

test("of images and what cannot be shown nothing is read", async () => {
  const { asked, previews } = await setUp();
  expect(await previews.of(file("a", { media_type: "image/png" }))).toEqual({ kind: "image" });
  expect(await previews.of(file("b", { media_type: "application/pdf" }))).toBeNull();
  expect(asked).toEqual([]);
});

test("with the storage away there is none, and it is left alone for a while", async () => {
  const { asked, previews } = await setUp();
  expect(await previews.of(file("gone"))).toBeNull();
  expect(await previews.of(file("another"))).toBeNull();
  expect(asked).toHaveLength(1);
});

test("a storage that does not answer holds nobody up", async () => {
  const read = () => ({
    [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }),
  });
  expect(await createPreviews({ read }).of(file("a"))).toBeNull();
});
