import { getMigrations } from "better-auth/db/migration";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Accounts, createAccounts } from "../../server/accounts/accounts.ts";
import { demoAccount } from "../../server/accounts/demo-account.ts";
import { ensureMembership } from "../../server/accounts/members.ts";
import { createPasskeyAuth } from "../../server/accounts/passkey-auth.ts";
import type { Person } from "../../server/accounts/person.ts";
import { backends, openTestBackend } from "../support/backends.ts";
import { ada, config, log } from "../support/cookie-browser.ts";

const lynx = { address: "2001:db8::7", userAgent: "Lynx/2.9.2" };

describe.each(backends)("accounts on $name", (which) => {
  let opened: Awaited<ReturnType<typeof openTestBackend>>;
  let accounts: Accounts;

  beforeEach(async () => {
    opened = await openTestBackend(which);
    accounts = createAccounts({ backend: opened.backend, config, log });
  });
  afterEach(() => opened.close());

  async function signUp(): Promise<{ headers: Headers; person: Person }> {
    const signedIn = await accounts.signUp(ada, lynx);
    const headers = new Headers({ cookie: signedIn!.cookies[0]!.split(";")[0]! });
    return { headers, person: (await accounts.authenticate(headers))! };
  }

  function members() {
    return opened.backend.db.selectFrom("members").selectAll().execute();
  }

  test("better-auth finds all tables and columns that it needs", async () => {
    const { options } = createPasskeyAuth({ backend: opened.backend, config, log });
    const plan = await getMigrations(options);
    expect(plan.toBeCreated).toEqual([]);
    expect(plan.toBeAdded).toEqual([]);
    expect(plan.toBeAddedIndexes).toEqual([]);
    expect(plan.schemaProblems).toEqual([]);
  });

  test("a person who signs up owns a new account", async () => {
    const { person } = await signUp();
    expect(person).toMatchObject({ name: ada.name, email: ada.email, role: "owner" });
    expect(await members()).toEqual([
      { user_id: person.userId, account_id: person.accountId, role: "owner" },
    ]);
  });

  test("two concurrent sign-ups create one user with one account", async () => {
    await Promise.all([accounts.signUp(ada, lynx), accounts.signUp(ada, lynx)]);
    expect(await accounts.signIn(ada, lynx)).not.toBeNull();
    expect(await members()).toHaveLength(1);
  });

  test.each([
    { production: true },
    { host: "0.0.0.0" },
    { host: "127.0.0.1", publicUrl: "https://headway.example" },
  ])("nobody signs in as the demo account with %o", async (settings) => {
    const local = { ...config, production: false, host: "127.0.0.1", publicUrl: null };
    const here = createAccounts({ backend: opened.backend, config: local, log });
    expect(await here.signUp(demoAccount, lynx)).not.toBeNull();
    expect(await here.signIn(demoAccount, lynx)).not.toBeNull();
    const there = { ...local, ...settings };
    const reachable = createAccounts({ backend: opened.backend, config: there, log });
    const shouted = { ...demoAccount, email: ` ${demoAccount.email.toUpperCase()}` };
    expect(await reachable.signIn(demoAccount, lynx)).toBeNull();
    expect(await reachable.signIn(shouted, lynx)).toBeNull();
    expect(await reachable.signUp(demoAccount, lynx)).toBeNull();
  });

  test("a user without an account gets one at the next request", async () => {
    const { headers, person } = await signUp();
    await opened.backend.db.deleteFrom("members").execute();
    await opened.backend.db.deleteFrom("accounts").where("id", "=", person.accountId).execute();
    const elsewhere = createAccounts({ backend: opened.backend, config, log });
    expect(await elsewhere.authenticate(headers)).toEqual(person);
  });

  test("twenty concurrent requests create one account", async () => {
    const { person } = await signUp();
    await opened.backend.db.deleteFrom("members").execute();
    const user = { id: person.userId, name: person.name };
    const made = await Promise.all(
      Array.from({ length: 20 }, () => ensureMembership(opened.backend, user)),
    );
    expect(new Set(made.map(({ accountId }) => accountId))).toEqual(new Set([person.accountId]));
    expect(await members()).toHaveLength(1);
  });

  test("a member of another person's account remains a member", async () => {
    const { headers, person } = await signUp();
    await opened.backend.db
      .updateTable("members")
      .set({ account_id: "account-1", role: "member" })
      .where("user_id", "=", person.userId)
      .execute();
    const elsewhere = createAccounts({ backend: opened.backend, config, log });
    expect(await elsewhere.authenticate(headers)).toMatchObject({
      accountId: "account-1",
      role: "member",
    });
  });

  test("an interrupted sign-up can be repeated after a minute", async () => {
    await signUp();
    const db = opened.backend.db.withTables<{ credentials: { userId: string } }>();
    await db.deleteFrom("credentials").execute();
    expect(await accounts.signUp(ada, lynx), "the first sign-up may still be running").toBeNull();
    const users = opened.backend.db.withTables<{ users: { createdAt: string } }>();
    await users.updateTable("users").set({ createdAt: "2026-01-01T00:00:00.000Z" }).execute();
    expect(await accounts.signUp(ada, lynx)).not.toBeNull();
    expect(await accounts.signIn(ada, lynx)).not.toBeNull();
  });

  test("an open session is listed and can be revoked", async () => {
    const { person } = await signUp();
    const second = await accounts.signIn(ada, { address: "203.0.113.7", userAgent: "Firefox/150" });
    const cookie = second!.cookies[0]!.split(";")[0]!;
    const other = (await accounts.authenticate(new Headers({ cookie })))!;
    const sessions = await accounts.listSessions(person);
    expect(sessions.map(({ address, userAgent }) => [address, userAgent])).toEqual([
      ["203.0.113.7", "Firefox/150"],
      ["2001:db8::7", "Lynx/2.9.2"],
    ]);
    const ended: string[] = [];
    const stop = accounts.onSessionEnd((id) => ended.push(id));
    expect(await accounts.revokeSession(person, other.sessionId!)).toBe(true);
    expect(await accounts.authenticate(new Headers({ cookie }))).toBeNull();
    expect(ended).toEqual([other.sessionId]);
    stop();
    expect(await accounts.revokeSession(person, other.sessionId!)).toBe(false);
    expect(ended).toHaveLength(1);
  });

  test("an expired session is not listed", async () => {
    const { person } = await signUp();
    await accounts.signIn(ada, { address: "203.0.113.7", userAgent: "Firefox/150" });
    expect(await accounts.listSessions(person)).toHaveLength(2);
    const db = opened.backend.db.withTables<{ sessions: { id: string; expiresAt: string } }>();
    const expired = db.updateTable("sessions").set({ expiresAt: "2026-01-01T00:00:00.000Z" });
    await expired.where("id", "=", person.sessionId!).execute();
    const sessions = await accounts.listSessions(person);
    expect(sessions.map(({ userAgent }) => userAgent)).toEqual(["Firefox/150"]);
  });

  test("a person cannot revoke another person's sessions and tokens", async () => {
    const { person, headers } = await signUp();
    await accounts.signUp({ ...ada, email: "eve@example.com" }, lynx);
    const eve = (await accounts.findUser("eve@example.com"))!;
    const outsider: Person = { ...person, userId: eve.id, sessionId: null };
    await accounts.createToken(person.userId, "laptop");
    const [token] = await accounts.listTokens(person);
    const ended: string[] = [];
    accounts.onSessionEnd((id) => ended.push(id));
    expect(await accounts.revokeSession(outsider, person.sessionId!)).toBe(false);
    expect(await accounts.revokeToken(outsider, token!.id)).toBeUndefined();
    expect(await accounts.authenticate(headers)).toEqual(person);
    expect(await accounts.listTokens(person)).toHaveLength(1);
    expect(ended).toEqual([]);
  });

  test("a sign-in deletes the user's expired sessions", async () => {
    await signUp();
    const db = opened.backend.db.withTables<{ sessions: { expiresAt: string } }>();
    await db.updateTable("sessions").set({ expiresAt: "2026-01-01T00:00:00.000Z" }).execute();
    await accounts.signIn(ada, lynx);
    expect(await db.selectFrom("sessions").selectAll().execute()).toHaveLength(1);
  });

  test("a forged session cookie authenticates nobody", async () => {
    const { headers } = await signUp();
    const cookie = headers
      .get("cookie")!
      .replace(/=(.)/, (_, one) => `=${one === "a" ? "b" : "a"}`);
    expect(await accounts.authenticate(new Headers({ cookie }))).toBeNull();
  });

  test("a planted cookie of the same name is not cached as the session", async () => {
    const { headers } = await signUp();
    const planted = `${headers.get("cookie")!.split("=")[0]}=planted`;
    await accounts.authenticate(new Headers({ cookie: `${planted}; ${headers.get("cookie")}` }));
    await accounts.authenticate(new Headers({ cookie: `${headers.get("cookie")}; ${planted}` }));
    expect(await accounts.authenticate(new Headers({ cookie: planted }))).toBeNull();
  });

  test("a session is extended only if its cookie can be renewed", async () => {
    const { headers } = await signUp();
    const soon = new Date(Date.now() + 2 * 86_400_000).toISOString();
    const db = opened.backend.db.withTables<{ sessions: { expiresAt: string } }>();
    await db.updateTable("sessions").set({ expiresAt: soon }).execute();
    const elsewhere = () => createAccounts({ backend: opened.backend, config, log });
    await elsewhere().authenticate(headers);
    const { expiresAt } = await db.selectFrom("sessions").selectAll().executeTakeFirstOrThrow();
    expect(new Date(expiresAt).toISOString()).toBe(soon);
    const renewed: string[] = [];
    await elsewhere().authenticate(headers, (cookie) => renewed.push(cookie));
    expect(renewed.join()).toContain("Max-Age=2592000");
  });

  test("an expired session authenticates nobody", async () => {
    const { headers } = await signUp();
    const db = opened.backend.db.withTables<{ sessions: { expiresAt: string } }>();
    await db.updateTable("sessions").set({ expiresAt: "2026-01-01T00:00:00.000Z" }).execute();
    const elsewhere = createAccounts({ backend: opened.backend, config, log });
    expect(await elsewhere.authenticate(headers)).toBeNull();
  });

  test("every method throws on a closed database instead of reporting a signed-out person", async () => {
    const { headers } = await signUp();
    const elsewhere = await opened.another();
    const closedAccounts = createAccounts({ backend: elsewhere, config, log });
    expect(await closedAccounts.signIn(ada, lynx)).not.toBeNull();
    await elsewhere.close();
    const calls = [
      () => closedAccounts.authenticate(headers),
      () => closedAccounts.signIn(ada, lynx),
    ];
    for (const ask of [
      ...calls,
      () => closedAccounts.signUp(ada, lynx),
      () => closedAccounts.signOut(headers),
    ]) {
      const error = await ask().catch((thrown: Error) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({
        message: expect.stringMatching(/destroyed|not open|after calling end/),
      });
    }
  });

  test("an API token authenticates its user until it is revoked, and only its hash is stored", async () => {
    const { person } = await signUp();
    const token = await accounts.createToken(person.userId, "laptop");
    expect(token).toMatch(/^hw_[\w-]{43}$/);
    const rows = await opened.backend.db.selectFrom("api_tokens").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(await accounts.listTokens(person)).toMatchObject([{ name: "laptop", lastUsedAt: null }]);
    expect(await accounts.authenticateToken(token)).toEqual({ ...person, sessionId: null });
    expect(await accounts.authenticateToken(`${token}x`)).toBeNull();
    const [used] = await accounts.listTokens(person);
    expect(used!.lastUsedAt).toBeGreaterThan(0);
    const ended: string[] = [];
    accounts.onSessionEnd((id) => ended.push(id));
    expect(await accounts.revokeToken(person, used!.id)).toBe("laptop");
    expect(await accounts.authenticateToken(token)).toBeNull();
    expect(ended).toEqual([person.userId]);
  });
});
