/** Saves a small file, then replaces it with one that fills the disk, and prints the error. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createDiskStorage } from "../../../server/storage/disk/disk-storage.ts";

const dir = process.argv[2]!;
const storage = createDiskStorage(dir);
const chunk = Buffer.alloc(100_000);
// Larger than the disk but finite, so that a storage which never fails cannot hang the test.
function* much() {
  for (let megabytes = 0; megabytes < 64; megabytes += 0.1) yield chunk;
}

await storage.save("uploads/one", [Buffer.from("kept")]);
const error = await storage.save("uploads/one", much()).catch((error: unknown) => error);
process.stdout.write(
  JSON.stringify({
    error: error instanceof Error ? { name: error.name, message: error.message } : null,
    kept: await text(storage.read("uploads/one")),
    partial: await readdir(join(dir, ".partial")),
  }),
);
