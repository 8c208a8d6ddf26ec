import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Accounts, createAccounts } from "../../server/accounts/accounts.ts";
import { createMaintenanceTasks } from "../../server/maintenance/tasks.ts";
import { createDiskStorage } from "../../server/storage/disk/disk-storage.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { ada, config, log } from "../support/cookie-browser.ts";

const dayMs = 86_400_000;
const client = { address: "", userAgent: "test" };

describe.each(backends)("maintenance of credentials on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let accounts: Accounts;
  let userId: string;

  beforeEach(async () => {
    opened = await openTestBackend(which);
    accounts = createAccounts({ backend: opened.backend, config, log });
    userId = (await accounts.signUp(ada, client))!.user.id;
  });
  afterEach(() => opened.close());

  async function runTask(name: string, retentionDays: number): Promise<void> {
    const { backend, dir } = opened;
    const storage = createDiskStorage(dir);
    const tasks = createMaintenanceTasks({ backend, storage, log, retentionDays });
    await tasks.find((task) => task.name === name)!.run(new AbortController().signal);
  }

  test("an expired token is listed for 30 days", async () => {
    const now = opened.backend.now();
    const days = { yesterday: -1, "a month ago": -29, "long ago": -31, tomorrow: 1 };
    for (const [name, fromNow] of Object.entries(days))
      await accounts.createToken(userId, name, { expiresAt: now + fromNow * dayMs });
    await accounts.createToken(userId, "never");
    await runTask("tokens", 90);
    const left = await accounts.listTokens({ userId } as never);
    expect(left.map(({ name }) => name)).toEqual(["never", "tomorrow", "a month ago", "yesterday"]);
  });

  test.each([
    [90, [364]],
    [400, [364, 366, 399]],
  ])("with a retention of %i days events of %j days ago are kept", async (retentionDays, kept) => {
    const { backend } = opened;
    for (const days of [364, 366, 399, 401]) {
      await backend.db
        .insertInto("security_events")
        .values({
          ...{ id: `e${days}`, user_id: userId, account_id: null, type: "signed_in" },
          ...{ address: "", user_agent: "", details: null },
          created_at: backend.now() - days * dayMs,
        })
        .execute();
    }
    await runTask("security-log", retentionDays);
    const left = await backend.db
      .selectFrom("security_events")
      .select("id")
      .orderBy("id")
      .execute();
    expect(left.map(({ id }) => id)).toEqual(kept.map((days) => `e${days}`));
  });

  test("sessions are deleted 90 days after their sign-in, though they were used yesterday", async () => {
    await accounts.signIn(ada, client);
    const sessions = opened.backend.db.withTables<{
      sessions: { id: string; createdAt: string };
    }>();
    const [old] = await sessions.selectFrom("sessions").select("id").orderBy("id").execute();
    const createdAt = new Date(Date.now() - 91 * dayMs).toISOString();
    await sessions.updateTable("sessions").set({ createdAt }).where("id", "=", old!.id).execute();
    await runTask("sessions", 90);
    const left = await sessions.selectFrom("sessions").select("id").execute();
    expect(left).toHaveLength(1);
    expect(left[0]!.id).not.toBe(old!.id);
  });
});
