import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { addAccount, backends } from "../support/backends.ts";
import { databaseContract } from "./contract/database.ts";
import { notificationsContract } from "./contract/notifications.ts";
import { queueContract } from "./contract/queue.ts";
import { startPooler } from "./pooler.ts";

/** Runs the contracts on Postgres behind a pooler, with `DATABASE_LISTEN_URL` straight to the server. */
let opened: Backend;
let another: () => Promise<Backend>;
let url: string;
const cleanups: (() => unknown)[] = [];
const backend = () => opened;

beforeAll(async () => {
  const created = await backends.find(({ name }) => name === "postgres")!.create();
  url = await startPooler(created.url, (close) => cleanups.push(close));
  another = () => openBackend(url, { listenUrl: created.url });
  opened = await another();
  await opened.migrate();
  await addAccount(opened, "account-1");
  cleanups.push(created.remove);
});
afterAll(async () => {
  await opened.close();
  for (const cleanup of cleanups) await cleanup();
});

test("a pooler without DATABASE_LISTEN_URL refuses the settings of a session", async () => {
  await expect(openBackend(url)).rejects.toThrow("unsupported startup parameter");
});

describe("database", () => databaseContract(backend));
describe("notifications", () => notificationsContract(backend, () => another()));
describe("queue", () => queueContract(backend));
