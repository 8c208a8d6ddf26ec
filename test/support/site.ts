/** The whole application on a real database, requested without a network. */
import type { Hono } from "hono";
import type { Accounts } from "../../server/accounts/accounts.ts";
import type { Backend } from "../../server/backend/backend.ts";
import type { Catalog } from "../../server/catalog.ts";
import { execute } from "../../server/engine/run/execute.ts";
import { start } from "../../server/engine/start/start.ts";
import { createExecutor } from "../../server/executor.ts";
import { createLog } from "../../server/log.ts";
import type { Env } from "../../server/services.ts";
import type { Storage } from "../../server/storage/storage.ts";
import { catalog as sampleKinds } from "../sample-kinds/api-catalog.ts";
import { openTestBackend, type TestBackend } from "./backends.ts";
import { csrfTokenOf, signedUp } from "./cookie-browser.ts";
import { createWebApp } from "./web-app.ts";

export interface Site {
  app: Hono<Env>;
  accounts: Accounts;
  backend: Backend;
  catalog: Catalog;
  storage: Storage;
  /** Signs up a person with an account and a browser of their own. */
  join(name: string): ReturnType<typeof member>;
  /** Runs the job that is next in the queue until its run ends. */
  runNext(): Promise<void>;
  close(): Promise<void>;
}

export async function openSite(which: TestBackend, catalog: Catalog = sampleKinds): Promise<Site> {
  const database = await openTestBackend(which);
  const { backend } = database;
  const site = createWebApp(database, { settings: { UPLOAD_LIMIT_MB: "3" }, catalog });
  const { app } = site;
  const { storage } = site.services;
  const executor = createExecutor({
    backend,
    catalog,
    storage,
    log: createLog("silent", "runner"),
  });
  return {
    app,
    accounts: site.accounts,
    backend,
    catalog,
    storage,
    join: (name) => member({ app, backend, catalog }, name),
    async runNext() {
      const row = await backend.queue.claim("worker-1");
      if (!row) throw new Error("No job is due");
      const ended = await execute(executor, row, new AbortController());
      if (ended) await execute(executor, ended, new AbortController(), "clean");
    },
    async close() {
      site.close();
      await database.close();
    },
  };
}

async function member(
  { app, backend, catalog }: Pick<Site, "app" | "backend" | "catalog">,
  name: string,
) {
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
    /** Sends a form with this browser's CSRF token; `fields` may repeat a name. */
    async post(path: string, fields: [string, string][] = [], headers = {}): Promise<Response> {
      const token = csrfTokenOf(await browser.text("/jobs/new"));
      const body = new URLSearchParams([["token", token], ...fields]);
      return browser.send(path, { method: "POST", headers, body });
    },
  };
}
