/** Saves "old", then replaces it from an endless source; prints "writing" once parts were sent. */
import { setTimeout as wait } from "node:timers/promises";
import { createBucketStorage } from "../../../server/storage/s3/bucket-storage.ts";

const storage = createBucketStorage(JSON.parse(process.argv[2]!));

async function* endless() {
  for (let chunks = 0; ; chunks++) {
    yield Buffer.alloc(1_000_000, "n");
    if (chunks === 30) process.stdout.write("writing");
    await wait(5);
  }
}

await storage.save("uploads/one", [Buffer.from("old")]);
await storage.save("uploads/one", endless());
