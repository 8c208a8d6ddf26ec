import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../server/backend/backend.ts";
import { openBackend } from "../../server/backend/open.ts";
import { addAccount, backends } from "../support/backends.ts";
import { databaseContract } from "./contract/database.ts";
import { queueContract } from "./contract/queue.ts";
import { signalsContract } from "./contract/signals.ts";
import { startPooler } from "./pooler.ts";

/** Postgres behind a pooler that lends a session for one transaction, with DATABASE_LISTEN_URL. */
let opened: Backend;
let another: () => Promise<Backend>;
let url: string;
const ends: (() => unknown)[] = [];
const backend = () => opened;

beforeAll(async () => {
  const created = await backends.find(({ name }) => name === "postgres")!.create();
  url = await startPooler(created.url, (end) => ends.push(end));
  another = () => openBackend(url, { listenUrl: created.url });
  opened = await another();
  await opened.migrate();
  await addAccount(opened, "account-1");
  ends.push(created.remove);
});
afterAll(async () => {
  await opened.close();
  for (const end of ends) await end();
});

test("without a word of the pooler the address is refused: sessions are told limits", async () => {
  await expect(openBackend(url)).rejects.toThrow("unsupported startup parameter");
});

describe("database", () => databaseContract(backend));
describe("signals", () => signalsContract(backend, () => another()));
describe("queue", () => queueContract(backend));
