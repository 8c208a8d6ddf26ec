import { once } from "node:events";
import { serve } from "@hono/node-server";
import { expect, onTestFinished, test } from "vitest";
import contactImport from "../../jobs/contact_import.ts";
import type { Kind } from "../../server/job.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { signedUp } from "../support/cookie-browser.ts";
import { testDatabase } from "../support/database.ts";
import { createWebApp } from "../support/web-app.ts";

const catalog = new Map([["contact_import", contactImport as unknown as Kind]]);

/** Serves the application on a storage whose files may give no bytes for a while. */
async function openServer() {
  const database = await testDatabase();
  const disk = createDiskStorage(database.dir);
  const reading = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  let isStalled = false;
  const storage: Storage = {
    ...disk,
    async *read(key, range) {
      if (isStalled) {
        reading.resolve();
        await stopped.promise;
      }
      yield* disk.read(key, range);
    },
  };
  const { app, close } = createWebApp(database, { catalog, storage });
  const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 });
  if (!server.listening) await once(server, "listening");
  onTestFinished(async () => {
    stopped.resolve();
    server.close();
    close();
    await database.close();
  });
  const browser = await signedUp(app);
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const headers = { cookie, origin: url };
  const init = { method: "POST", headers, body: "email,name\nada@example.com,Ada\n" };
  const uploaded = await fetch(`${url}/api/uploads?name=people.csv`, init);
  const { upload_id } = (await uploaded.json()) as { upload_id: string };
  const get = (signal?: AbortSignal) =>
    fetch(`${url}/jobs/new/contact_import?upload_id=${upload_id}`, { headers, signal });
  return {
    get,
    reading,
    stall: () => {
      isStalled = true;
    },
    goOn: () => {
      isStalled = false;
    },
  };
}

test("the preview of an upload ends when its client leaves, and makes room for the next", async () => {
  const { get, reading, stall, goOn } = await openServer();
  expect(await (await get()).text()).toContain("ada@example.com");
  stall();
  const client = new AbortController();
  const first = get(client.signal);
  await reading.promise;
  client.abort();
  await expect(first).rejects.toThrow();
  goOn();
  // A person has one preview at a time.
  const second = await get();
  expect(second.status).toBe(200);
  expect(await second.text()).toContain("ada@example.com");
});
