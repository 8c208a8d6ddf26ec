import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backends, openTestBackend } from "../support/backends.ts";
import { databaseContract } from "./contract/database.ts";
import { queueContract } from "./contract/queue.ts";
import { signalsContract } from "./contract/signals.ts";

let opened: Awaited<ReturnType<typeof openTestBackend>>;
const backend = () => opened.backend;

beforeAll(async () => {
  opened = await openTestBackend(backends.find((each) => each.name === "sqlite")!);
});
afterAll(() => opened.close());

describe("database", () => databaseContract(backend));
describe("signals", () => signalsContract(backend, () => opened.another()));
describe("queue", () => queueContract(backend));

test("what ends a transaction by itself is told, and not that there is none to roll back", async () => {
  // As a full disk may do; a conflict can be told to.
  const ending = backend().write(({ db }) =>
    sql`insert or rollback into accounts (id, name, created_at) values ('account-1', '', 1)`.execute(
      db,
    ),
  );
  await expect(ending).rejects.toThrow("UNIQUE constraint failed");
});

test("signals that cannot be read at the moment are read at a later look", async ({
  onTestFinished,
}) => {
  const heard: unknown[] = [];
  onTestFinished(backend().signals.subscribe((change) => heard.push(change)));
  await sql`alter table signals rename to away`.execute(backend().db);
  await sleep(100);
  await sql`alter table away rename to signals`.execute(backend().db);
  await backend().write(async (write) => write.changed("job-1"));
  await expect.poll(() => heard.flat()).toContain("job-1");
});
