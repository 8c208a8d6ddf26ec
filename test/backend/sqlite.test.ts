import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { backends, openTestBackend } from "../support/backends.ts";
import { databaseContract } from "./contract/database.ts";
import { notificationsContract } from "./contract/notifications.ts";
import { queueContract } from "./contract/queue.ts";

let opened: Awaited<ReturnType<typeof openTestBackend>>;
const backend = () => opened.backend;

beforeAll(async () => {
  opened = await openTestBackend(backends.find((each) => each.name === "sqlite")!);
});
afterAll(() => opened.close());

describe("database", () => databaseContract(backend));
describe("notifications", () => notificationsContract(backend, () => opened.another()));
describe("queue", () => queueContract(backend));

test("a statement that rolls its transaction back reports its own error", async () => {
  // A full disk rolls back too, but a conflict can be provoked.
  const ending = backend().write(({ db }) =>
    sql`insert or rollback into accounts (id, name, created_at) values ('account-1', '', 1)`.execute(
      db,
    ),
  );
  await expect(ending).rejects.toThrow("UNIQUE constraint failed");
});

test("a notification is read by a later poll if an earlier one fails", async ({
  onTestFinished,
}) => {
  const received: unknown[] = [];
  onTestFinished(backend().notifications.subscribe((change) => received.push(change)));
  await sql`alter table notifications rename to renamed`.execute(backend().db);
  await sleep(100);
  await sql`alter table renamed rename to notifications`.execute(backend().db);
  await backend().write(async (tx) => tx.notify("job-1"));
  await expect.poll(() => received.flat()).toContain("job-1");
});
