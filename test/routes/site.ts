/** The whole application on a real database, visited without a network. */
import type { Hono } from "hono";
import { createApp } from "../../server/app.ts";
import type { Backend } from "../../server/backend/backend.ts";
import { readConfig } from "../../server/config.ts";
import { start } from "../../server/engine/start/start.ts";
import { createLog } from "../../server/log.ts";
import { createServices, type Env } from "../../server/services.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { signedUp, tokenOf } from "../accounts/app.ts";
import { openTestBackend, type TestBackend } from "../support/backends.ts";
import { catalog } from "./api/kinds.ts";

export interface Site {
  app: Hono<Env>;
  backend: Backend;
  storage: Storage;
  /** Somebody with an account of their own, in their browser. */
  join(name: string): ReturnType<typeof member>;
  close(): Promise<void>;
}

export async function openSite(which: TestBackend): Promise<Site> {
  const database = await openTestBackend(which);
  const { backend, dir } = database;
  const config = readConfig({ STORAGE_DIR: dir, NODE_ENV: "production", UPLOAD_LIMIT_MB: "3" });
  const log = createLog("silent", "web");
  const storage = createDiskStorage(dir);
  const services = createServices({ config, log, backend, catalog, storage, strict: true });
  const app = createApp(services);
  return {
    app,
    backend,
    storage,
    join: (name) => member(app, backend, name),
    async close() {
      services.hub.close();
      await database.close();
    },
  };
}

async function member(app: Hono<Env>, backend: Backend, name: string) {
  const email = `${name}@example.com`;
  const browser = await signedUp(app, { name, email, password: "analytical engine" });
  const { userId, accountId } = await backend.db
    .withTables<{ users: { id: string; email: string } }>()
    .selectFrom("members")
    .innerJoin("users", "users.id", "members.user_id")
    .select(["members.user_id as userId", "members.account_id as accountId"])
    .where("users.email", "=", email)
    .executeTakeFirstOrThrow();
  return {
    browser,
    userId,
    accountId,
    /** @returns the new job's id */
    async start(kind: string, input: Record<string, unknown> = {}): Promise<string> {
      const { job } = await start(backend, catalog, { kind, input, userId, accountId });
      return job.id;
    },
    /** Sends a form with the token of this browser; `fields` may name one several times. */
    async post(path: string, fields: [string, string][] = [], headers = {}): Promise<Response> {
      const token = tokenOf(await browser.text("/jobs/new"));
      const body = new URLSearchParams([["token", token], ...fields]);
      return browser.send(path, { method: "POST", headers, body });
    },
  };
}
