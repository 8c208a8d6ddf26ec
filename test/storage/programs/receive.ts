/**
 * A server that receives uploads into the given folder, on a port that it prints. It reports its peak
 * memory, which can only be measured in a separate process.
 */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { openBackend } from "../../../server/backend/open.ts";
import { toHttpError } from "../../../server/routes/error-map.ts";
import { receiveUpload } from "../../../server/routes/receive-upload.ts";
import { createDiskStorage } from "../../../server/storage/disk/disk-storage.ts";
import { createUploadMeter } from "../../../server/storage/upload-meter.ts";

const dir = process.argv[2]!;
const backend = await openBackend(`${dir}/headway.db`);
await backend.migrate();
const account = { id: "account-1", name: "One", created_at: 0 };
await backend.db.insertInto("accounts").values(account).execute();
const target = { backend, storage: createDiskStorage(dir), maxBytes: 300_000_000 };
const none = Number.POSITIVE_INFINITY;
const meter = createUploadMeter(backend, { maxParallelUploads: none, maxStoredBytes: none });

let peak = 0;
const measure = () => {
  peak = Math.max(peak, process.memoryUsage.rss());
  return peak;
};
setInterval(measure, 20);

const app = new Hono();
app.get("/memory", (c) => c.json({ most: measure() }));
app.post("/uploads", async (c) => {
  const row = await receiveUpload(c, { target, meter, accountId: "account-1", userId: "user-1" });
  return c.json(row, 201);
});
app.onError((error, c) => c.text(error.message, toHttpError(error).status));

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => {
  process.stdout.write(`${port}\n`);
});
