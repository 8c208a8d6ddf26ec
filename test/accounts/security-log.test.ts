import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Accounts, createAccounts } from "../../server/accounts/accounts.ts";
import { createSecurityLog, deleteSecurityEvents } from "../../server/accounts/security-log.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { ada, config, log } from "../support/cookie-browser.ts";

const client = { address: "203.0.113.7", userAgent: "Lynx/2.9.2" };

describe.each(backends)("the security log on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let accounts: Accounts;
  const lines: unknown[] = [];

  beforeEach(async () => {
    opened = await openTestBackend(which);
    accounts = createAccounts({ backend: opened.backend, config, log });
    lines.length = 0;
  });
  afterEach(() => opened.close());

  const write = (line: unknown) => void lines.push(line);
  const logged = (backend = opened.backend) =>
    createSecurityLog({ backend, log: { info: write, error: write } });

  async function join(email: string) {
    const { user } = (await accounts.signUp({ ...ada, email }, client))!;
    const { account_id: accountId } = await opened.backend.db
      .selectFrom("members")
      .select("account_id")
      .where("user_id", "=", user.id)
      .executeTakeFirstOrThrow();
    return { userId: user.id, accountId, role: "owner" as const };
  }

  test("records an event as a row and as a line with the same facts", async () => {
    const person = await join(ada.email);
    const details = { name: "laptop" };
    const event = { type: "token_created", userId: person.userId, client, details } as const;
    await logged().record(event);
    const facts = { type: "token_created", userId: person.userId, address: "203.0.113.7" };
    expect(lines).toMatchObject([{ ...facts, accountId: person.accountId, name: "laptop" }]);
    const [read] = await accounts.securityLog.list(person, 10);
    expect(read).toMatchObject({ ...facts, userAgent: "Lynx/2.9.2", details, userName: ada.name });
    expect(read!.at).toBeGreaterThan(Date.now() - 60_000);
  });

  test("logs the failure of somebody unknown without a row", async () => {
    await logged().record({ type: "sign_in_failed", userId: null, client });
    expect(lines).toMatchObject([{ type: "sign_in_failed", userId: null }]);
    expect(await opened.backend.db.selectFrom("security_events").selectAll().execute()).toEqual([]);
  });

  test("shows owners the events of the account, and members their own", async () => {
    const owner = await join("owner@example.com");
    const joined = await join("member@example.com");
    const stranger = await join("stranger@example.com");
    await opened.backend.db
      .updateTable("members")
      .set({ account_id: owner.accountId, role: "member" })
      .where("user_id", "=", joined.userId)
      .execute();
    const member = { ...joined, accountId: owner.accountId, role: "member" as const };
    for (const { userId } of [owner, member, stranger])
      await logged().record({ type: "signed_in", userId, client });
    const readers = async (reader: Parameters<typeof accounts.securityLog.list>[0]) =>
      (await accounts.securityLog.list(reader, 10)).map(({ userId }) => userId);
    expect(await readers(owner)).toEqual([member.userId, owner.userId]);
    expect(await readers(member)).toEqual([member.userId]);
    expect(await readers(stranger)).toEqual([stranger.userId]);
  });

  test("is read in pages, newest first", async () => {
    const person = await join(ada.email);
    for (const name of ["first", "second", "third"]) {
      const details = { name };
      await logged().record({ type: "passkey_added", userId: person.userId, client, details });
    }
    const names = (events: { details: { name?: string } }[]) =>
      events.map(({ details }) => details.name);
    const page = await accounts.securityLog.list(person, 2);
    expect(names(page)).toEqual(["third", "second"]);
    const next = await accounts.securityLog.list(person, 2, page[1]!.id);
    expect(names(next)).toEqual(["first"]);
  });

  test("keeps no control characters of a client", async () => {
    const person = await join(ada.email);
    const forged = { address: "", userAgent: `\u001b[31mroot\r\n\u0085{"level":60}\u2028` };
    await logged().record({ type: "signed_in", userId: person.userId, client: forged });
    const [read] = await accounts.securityLog.list(person, 1);
    const { userAgent } = read!;
    expect(userAgent).toBe(` [31mroot   {"level":60} `);
    expect(lines).toMatchObject([{ userAgent }]);
  });

  test("never rejects, because what it records has happened", async () => {
    const closed = await opened.another();
    await closed.close();
    const event = { type: "signed_in", userId: "user-1", client } as const;
    await expect(logged(closed).record(event)).resolves.toBeUndefined();
    expect(lines).toMatchObject([{ type: "signed_in", err: expect.any(Error) }]);
  });

  test("forgets events from before a time, a few at once", async () => {
    const person = await join(ada.email);
    let now = Date.UTC(2026, 0, 1);
    const { backend } = opened;
    const recorder = createSecurityLog({
      backend: { db: backend.db, now: () => now },
      log: { info: write, error: write },
    });
    for (let nth = 0; nth < 4; nth++, now += 1_000)
      await recorder.record({ type: "signed_in", userId: person.userId, client });
    const before = Date.UTC(2026, 0, 1) + 3_000;
    expect(await deleteSecurityEvents(backend, before, 2)).toBe(2);
    expect(await deleteSecurityEvents(backend, before, 2)).toBe(1);
    const left = await accounts.securityLog.list(person, 10);
    expect(left.map(({ at }) => at)).toEqual([before]);
  });
});
