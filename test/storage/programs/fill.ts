/** Keeps a small file, then writes in its place until the disk takes no more; says what came of it. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createDiskStorage } from "../../../server/storage/disk/disk.ts";

const dir = process.argv[2]!;
const storage = createDiskStorage(dir);
const chunk = Buffer.alloc(100_000);
// Far more than the disk, yet an end: a storage that never complains must fail the test, not hang it.
function* much() {
  for (let megabytes = 0; megabytes < 64; megabytes += 0.1) yield chunk;
}

await storage.write("uploads/one", [Buffer.from("kept")]);
const error = await storage.write("uploads/one", much()).catch((error: unknown) => error);
process.stdout.write(
  JSON.stringify({
    error: error instanceof Error ? { name: error.name, message: error.message } : null,
    kept: await text(storage.read("uploads/one")),
    partial: await readdir(join(dir, ".partial")),
  }),
);
