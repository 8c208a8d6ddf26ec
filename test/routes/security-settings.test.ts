import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ada, Browser, signedUp } from "../support/cookie-browser.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { createWebApp, type WebApp } from "../support/web-app.ts";

const page = "/settings/security";

let database: TestDatabase;
let site: WebApp;

beforeEach(async () => {
  database = await testDatabase();
  site = createWebApp(database);
});
afterEach(() => database.close());

const signIn = (password: string) =>
  new Browser(site.app).submit("/sign-in", "/sign-in", { email: ada.email, password });
const revokeHrefs = (html: string) =>
  [...html.matchAll(/action="(\/settings\/sessions\/[^"]+\/revoke)"/g)].map(([, href]) => href!);

describe("the password", () => {
  const next = "difference engine";
  const change = (browser: Browser, fields: Record<string, string> = {}) =>
    browser.submit(page, "/settings/password", { current: ada.password, next, ...fields });

  test("is replaced, and all other sessions end, also those of a copied cookie", async () => {
    const browser = await signedUp(site.app);
    const phone = await signedUp(site.app);
    const thief = new Browser(site.app);
    for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
    expect((await thief.get(page)).status).toBe(200);

    const answer = await change(browser);
    expect(answer.headers.get("location")).toBe(page);
    expect(await browser.text(page)).toContain("Password changed.");
    for (const other of [phone, thief]) expect((await other.get(page)).status).toBe(303);
    expect((await signIn(ada.password)).status).toBe(422);
    expect((await signIn(next)).status).toBe(303);
  });

  test.each([
    ["a wrong current password", { current: "not her password" }, "Wrong password"],
    ["no current password", { current: "" }, "Wrong password"],
    ["a current password without end", { current: "x".repeat(10_000) }, "Wrong password"],
    ["a short password", { next: "short!!" }, "Use at least 10 characters"],
    ["a common password", { next: "password123" }, "Too many people use this password"],
    ["the person's email", { next: ada.email }, "Choose a password other than your email"],
  ])("stays with %s", async (_, fields, message) => {
    const browser = await signedUp(site.app);
    const answer = await change(browser, fields);
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toContain(message);
    for (const value of Object.values(fields)) {
      if (value && value !== ada.email) expect(html).not.toContain(value);
    }
    expect((await signIn(ada.password)).status).toBe(303);
  });
});

test("a stolen session guesses ten passwords, in all forms together, and then waits", async () => {
  const browser = await signedUp(site.app);
  const wrong = "not her password";
  const next = "difference engine";
  const forms: [string, Record<string, string>][] = [
    ["/settings/password", { current: wrong, next }],
    ["/settings/tokens", { name: "laptop", password: wrong }],
    ["/settings/two-factor/set-up", { password: wrong }],
    ["/settings/passkeys/options", { password: wrong }],
    ["/settings/password", { current: wrong, next }],
  ];
  for (const [action, fields] of [...forms, ...forms])
    expect((await browser.submit(page, action, fields)).status, action).toBe(422);
  const right = { current: ada.password, next };
  const refused = await browser.submit(page, "/settings/password", right);
  expect(refused.status).toBe(429);
  expect(await refused.text()).toContain("Too many attempts");
  const eve = await signedUp(site.app, { ...ada, email: "eve@example.com" });
  expect((await eve.submit(page, "/settings/password", right)).status).toBe(303);
});

describe("sessions", () => {
  test("can be revoked from another device", async () => {
    const phone = await signedUp(site.app);
    const desk = await signedUp(site.app);
    const [href, ...more] = revokeHrefs(await desk.text(page));
    expect(more).toEqual([]);
    const answer = await desk.submit(page, href!);
    expect(answer.headers.get("location")).toBe(page);
    expect((await phone.get(page)).status).toBe(303);
    const html = await desk.text(page);
    expect(html).toContain("Signed out on that device.");
    expect(html).not.toContain(`id="revoke-others"`);
  });

  test("beyond the first twenty are counted, and one button ends all others", async () => {
    const phone = await signedUp(site.app);
    const desk = await signedUp(site.app);
    for (let made = 2; made < 24; made++) await site.accounts.signIn(ada, client);
    const ended: string[] = [];
    site.accounts.onSessionEnd((id) => ended.push(id));
    const html = await desk.text(page);
    expect(revokeHrefs(html).length).toBeLessThanOrEqual(20);
    expect(html).toContain("and 4 more");
    const answer = await desk.submit(page, "/settings/sessions/revoke-others");
    expect(answer.headers.get("location")).toBe(page);
    expect(await desk.text(page)).toContain("Signed out on 23 other devices.");
    expect((await phone.get(page)).status).toBe(303);
    const { id } = (await site.accounts.findUser(ada.email))!;
    expect(ended).toEqual([id]);
  });

  test("of other people are not found", async () => {
    const browser = await signedUp(site.app);
    await signedUp(site.app);
    const eve = await signedUp(site.app, { ...ada, email: "eve@example.com" });
    const hrefs = revokeHrefs(await browser.text(page));
    expect(hrefs).toHaveLength(1);
    expect((await eve.submit(page, hrefs[0]!)).status).toBe(404);
    await eve.submit(page, "/settings/sessions/revoke-others");
    expect(revokeHrefs(await browser.text(page))).toEqual(hrefs);
  });

  test("end 90 days after the sign-in, however much they are used", async () => {
    const browser = await signedUp(site.app);
    const sessions = database.backend.db.withTables<{ sessions: { createdAt: string } }>();
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    const asks = async (createdAt: string) => {
      await sessions.updateTable("sessions").set({ createdAt }).execute();
      const later = new Browser(createWebApp(database).app);
      for (const [name, value] of browser.cookies) later.cookies.set(name, value);
      return (await later.get(page)).status;
    };
    expect(await asks(daysAgo(89))).toBe(200);
    expect(await asks(daysAgo(90))).toBe(303);
    expect(await sessions.selectFrom("sessions").selectAll().execute()).toEqual([]);
  });

  test("end when their browser signs in again", async () => {
    const browser = await signedUp(site.app);
    const before = new Browser(site.app);
    for (const [name, value] of browser.cookies) before.cookies.set(name, value);
    const signsIn = { email: ada.email, password: ada.password };
    const token = { token: /name="token" value="([^"]+)"/.exec(await browser.text(page))![1]! };
    expect((await browser.post("/sign-in", { ...signsIn, ...token })).status).toBe(303);
    expect((await browser.get(page)).status).toBe(200);
    expect((await before.get(page)).status).toBe(303);
  });
});

const client = { address: "", userAgent: "test" };
