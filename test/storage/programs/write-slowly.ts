/** Saves "old", then replaces it from an endless source; prints "writing" once bytes are on the disk. */
import { setTimeout as wait } from "node:timers/promises";
import { createDiskStorage } from "../../../server/storage/disk/disk-storage.ts";

const storage = createDiskStorage(process.argv[2]!);

async function* endless() {
  for (let chunks = 0; ; chunks++) {
    yield Buffer.alloc(1_000_000, "n");
    if (chunks === 3) process.stdout.write("writing");
    await wait(5);
  }
}

await storage.save("uploads/one", [Buffer.from("old")]);
await storage.save("uploads/one", endless());
