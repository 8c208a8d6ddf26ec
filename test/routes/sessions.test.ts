import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { demoAccount } from "../../server/accounts/demo-account.ts";
import { createRateLimitStore } from "../../server/accounts/rate-limit-store.ts";
import type { Config } from "../../server/config.ts";
import { ada, Browser, csrfTokenOf, signedUp } from "../support/cookie-browser.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { createWebApp, type WebApp } from "../support/web-app.ts";

let database: TestDatabase;
let site: WebApp;
let app: WebApp["app"];

beforeEach(async () => {
  database = await testDatabase();
  site = createWebApp(database);
  app = site.app;
});
afterEach(() => database.close());

const signIn = { email: ada.email, password: ada.password };

describe("the demo account", () => {
  test("is entered with one button and without a password", async () => {
    const { app } = createWebApp(database, { config: { production: false } });
    expect(await new Browser(app).text("/sign-in")).not.toContain("Try the demo account");
    await signedUp(app, demoAccount);
    const browser = new Browser(app);
    expect(await browser.text("/sign-in")).toContain("Try the demo account");
    const answer = await browser.submit("/sign-in", "/sign-in/demo", { next: "/contacts" });
    expect(answer.headers.get("location")).toBe("/contacts");
    expect(await browser.text("/settings")).toContain(demoAccount.email);
  });

  test.each<[string, Partial<Config>]>([
    ["in production", { production: true }],
    ["where other machines reach it", { production: false, host: "0.0.0.0" }],
    ["behind a public address", { production: false, publicUrl: "https://headway.example" }],
  ])("is locked %s, although an earlier start has created it", async (_, config) => {
    const here = createWebApp(database, { config: { production: false } });
    await signedUp(here.app, demoAccount);
    const { app } = createWebApp(database, { config });
    const browser = new Browser(app);
    expect(await browser.text("/sign-in")).not.toContain("Try the demo account");
    const pressed = await browser.submit("/sign-in", "/sign-in/demo", {});
    expect(pressed.status).toBe(422);
    expect(await pressed.text()).toContain("The demo account isn&#39;t available");
    const { email, password } = demoAccount;
    for (const typed of [email, ` ${email.toUpperCase()} `]) {
      const answer = await browser.submit("/sign-in", "/sign-in", { email: typed, password });
      expect(answer.status).toBe(422);
    }
    expect((await browser.submit("/sign-up", "/sign-up", demoAccount)).status).toBe(422);
    const another = await here.app.request("/sign-in");
    expect(await another.text()).toContain("Try the demo account");
  });
});

describe("signing up", () => {
  test("creates a user with an account and redirects to the requested page", async () => {
    const browser = new Browser(app);
    const answer = await browser.submit("/sign-up", "/sign-up", { ...ada, next: "/contacts?q=x" });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/contacts?q=x");
    const settings = await browser.text("/settings");
    expect(settings).toContain("Ada Lovelace");
    expect(await database.backend.db.selectFrom("accounts").selectAll().execute()).toMatchObject([
      { name: "Ada Lovelace" },
    ]);
  });

  test("shows the error of each field and keeps all values but the password", async () => {
    const browser = new Browser(app);
    const form = { name: " ", email: "ada at home", password: "short!!" };
    const answer = await browser.submit("/sign-up", "/sign-up", form);
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).toContain("Enter your name");
    expect(page).toContain("Enter an email address such as");
    expect(page).toContain("Use at least 10 characters");
    expect(page).toContain('value="ada at home"');
    expect(page).not.toContain("short!!");
  });

  test("rejects an email that is taken", async () => {
    await signedUp(app);
    const given = { name: "Eve", email: "ADA@example.com", password: "another password" };
    const answer = await new Browser(app).submit("/sign-up", "/sign-up", given);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain("An account with this email exists");
  });

  test("signs in when the form is sent twice", async () => {
    await signedUp(app);
    const again = await signedUp(app);
    expect((await again.get("/settings")).status).toBe(200);
    const users = await database.backend.db.selectFrom("members").select("user_id").execute();
    expect(users).toHaveLength(1);
  });
});

describe("signing in", () => {
  test("sets a session cookie that is hidden from scripts and other sites", async () => {
    await signedUp(app);
    const browser = new Browser(app);
    const answer = await browser.submit("/sign-in", "/sign-in", { ...signIn, next: "/jobs/new" });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/jobs/new");
    const cookie = answer.headers.getSetCookie().find((one) => one.includes("session_token"));
    expect(cookie).toMatch(/^headway\.session_token=.*HttpOnly; SameSite=Lax$/);
    expect((await browser.get("/settings")).status).toBe(200);
    expect((await browser.get("/sign-in")).headers.get("location")).toBe("/jobs");
  });

  test("sets Secure cookies over https", async () => {
    const secure = createWebApp(database, { settings: { PUBLIC_URL: "https://headway.example" } });
    await signedUp(app);
    const answer = await new Browser(secure.app).submit("/sign-in", "/sign-in", signIn);
    const cookie = answer.headers.getSetCookie().find((one) => one.includes("session_token"));
    expect(cookie).toMatch(/^__Host-headway\.session_token=[^;]+; .*Path=\/;.*Secure/);
    expect(cookie).not.toContain("Domain");
  });

  test("prefixes every cookie with __Host- over https, and forms still work", async () => {
    const { app } = createWebApp(database, { settings: { PUBLIC_URL: "https://headway.example" } });
    const browser = await signedUp(app);
    const tokens = "/settings/tokens";
    await browser.submit(tokens, tokens, { name: "laptop", password: ada.password });
    expect([...browser.cookies.keys()].toSorted()).toEqual([
      "__Host-headway.session_token",
      "__Host-headway_new_token",
      "__Host-headway_visitor",
    ]);
    expect(await browser.text(tokens)).toMatch(/hw_[\w-]{43}/);
    expect([...browser.cookies.keys()]).not.toContain("__Host-headway_new_token");
  });

  test("finds no session in a cookie that a sister site could set", async () => {
    const { app } = createWebApp(database, { settings: { PUBLIC_URL: "https://headway.example" } });
    const browser = await signedUp(app);
    const value = browser.cookies.get("__Host-headway.session_token")!;
    const visitor = new Browser(app);
    for (const name of ["headway.session_token", "__Secure-headway.session_token"])
      visitor.cookies.set(name, value);
    expect((await visitor.get("/settings")).status).toBe(303);
  });

  test.each([
    ["a wrong password", { email: ada.email, password: "analytical engines" }],
    ["an unknown email", { email: "eve@example.com", password: ada.password }],
    ["what is no email", { email: "ada", password: ada.password }],
    ["an endless password", { email: ada.email, password: "x".repeat(10_000) }],
    ["nothing", { email: "", password: "" }],
  ])("rejects %s with the same message", async (_, given) => {
    await signedUp(app);
    const browser = new Browser(app);
    const answer = await browser.submit("/sign-in", "/sign-in", given);
    expect(answer.status).toBe(422);
    const page = await answer.text();
    expect(page).toContain("Wrong email or password");
    expect(page).toContain(`value="${given.email}"`);
    expect((await browser.get("/settings")).status).toBe(303);
  });

  test("never redirects to another site", async () => {
    await signedUp(app);
    const form = { ...signIn, next: "//evil.example/jobs" };
    const answer = await new Browser(app).submit("/sign-in", "/sign-in", form);
    expect(answer.headers.get("location")).toBe("/jobs");
  });

  test("works in a text browser without cookie prefixes and Origin header", async () => {
    await signedUp(app);
    const lynx = { "user-agent": "Lynx/2.9.2 libwww-FM/2.14" };
    const browser = new Browser(app);
    const answer = await browser.submit("/sign-in", "/sign-in", signIn, lynx);
    expect(answer.status).toBe(303);
    expect(await browser.text("/settings/security")).toContain("Lynx");
  });
});

test("a page extends the session, but a stream does not, because it cannot set a cookie", async () => {
  const browser = await signedUp(app);
  const db = database.backend.db.withTables<{ sessions: { expiresAt: string } }>();
  const expiresAt = new Date(Date.now() + 2 * 86_400_000).toISOString();
  await db.updateTable("sessions").set({ expiresAt }).execute();
  const stream = await browser.get("/settings", { accept: "text/event-stream" });
  expect(stream.headers.getSetCookie()).toEqual([]);
  expect(await db.selectFrom("sessions").select("expiresAt").execute()).toEqual([{ expiresAt }]);
  const later = new Browser(createWebApp(database).app);
  for (const [name, value] of browser.cookies) later.cookies.set(name, value);
  const page = await later.get("/settings");
  expect(page.headers.getSetCookie().join()).toMatch(/session_token=.*Max-Age=2592000/);
});

describe("signing out", () => {
  test("ends the session at once, also for a copied cookie", async () => {
    const browser = await signedUp(app);
    const thief = new Browser(app);
    for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
    expect((await thief.get("/settings")).status).toBe(200);
    const ended: string[] = [];
    site.accounts.onSessionEnd((id) => ended.push(id));
    const answer = await browser.submit("/settings", "/sign-out");
    expect(answer.headers.get("location")).toBe("/sign-in");
    expect(answer.headers.get("clear-site-data")).toBe('"cache"');
    expect((await thief.get("/settings")).status).toBe(303);
    expect(ended).toHaveLength(1);
  });

  test("leaves the person's other sessions open", async () => {
    const phone = await signedUp(app);
    const desk = await signedUp(app);
    await desk.submit("/settings", "/sign-out");
    expect((await phone.get("/settings")).status).toBe(200);
  });
});

describe("forms", () => {
  test("are rejected with an explanation without the CSRF token of the browser", async () => {
    const browser = await signedUp(app);
    const foreign = csrfTokenOf(await new Browser(app).text("/sign-in"));
    for (const token of ["", "forged", foreign]) {
      const answer = await browser.post("/sign-out", { token });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain("Reload the page");
    }
    expect((await browser.get("/settings")).status).toBe(200);
  });

  test("of the sign-in page are bound to the browser that loaded it", async () => {
    await signedUp(app);
    const attacker = csrfTokenOf(await new Browser(app).text("/sign-in"));
    const victim = new Browser(app);
    await victim.get("/sign-in");
    const answer = await victim.post("/sign-in", { ...signIn, token: attacker });
    expect(answer.status).toBe(403);
    expect([...victim.cookies.keys()].join()).not.toContain("session_token");
  });

  test.each<[string, Record<string, string>, number]>([
    ["from another site", { origin: "https://evil.example" }, 403],
    ["from another port", { origin: "http://localhost:8080" }, 403],
    ["from a sandboxed frame", { origin: "null" }, 403],
    ["from another site, as the browser says", { "sec-fetch-site": "cross-site" }, 403],
    ["from a sister site", { "sec-fetch-site": "same-site" }, 403],
    ["from a page of ours", { origin: "http://localhost", "sec-fetch-site": "same-origin" }, 303],
    ["from a browser that says nothing", {}, 303],
  ])("%s", async (_, headers, status) => {
    const browser = await signedUp(app);
    const answer = await browser.submit("/settings", "/sign-out", {}, headers);
    expect(answer.status).toBe(status);
  });

  test("of more than 1 MB are rejected unread", async () => {
    const browser = await signedUp(app);
    const answer = await browser.submit("/settings", "/sign-out", { more: "x".repeat(1_000_000) });
    expect(answer.status).toBe(413);
  });

  test.each(["/sign-in", "/sign-up"])(
    "of anybody to %s are rejected unread beyond 16 kB",
    async (path) => {
      const browser = new Browser(app);
      const fields = { email: "x".repeat(16_000), password: "any" };
      expect((await browser.submit(path, path, fields)).status).toBe(413);
      const [found] = await database.backend.db.selectFrom("rate_limits").selectAll().execute();
      expect(found).toBeUndefined();
    },
  );
});

describe("the rate limit", () => {
  /** Counts as many attempts as a hundred guesses would, each of which costs a tenth of a second. */
  async function count(limit: string, key: string, times: number): Promise<void> {
    const store = createRateLimitStore(database.backend, limit, 600_000);
    for (let nth = 0; nth < times; nth++) await store.increment(key);
  }

  test("stops an email at one address after ten wrong passwords and says how long to wait", async () => {
    await signedUp(app);
    const browser = new Browser(app);
    const wrong = { email: ada.email, password: "wrong password" };
    for (let nth = 1; nth <= 10; nth++) {
      expect((await browser.submit("/sign-in", "/sign-in", wrong)).status).toBe(422);
    }
    const refused = await browser.submit("/sign-in", "/sign-in", signIn);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    const page = await refused.text();
    expect(page).toContain("Too many attempts");
    expect(page).toContain(`value="${ada.email}"`);
    const elsewhere = new Browser(app, "198.51.100.4");
    expect((await elsewhere.submit("/sign-in", "/sign-in", signIn)).status).toBe(303);
  });

  test("counts successful sign-ins against a limit of their own", async () => {
    await signedUp(app);
    for (let nth = 1; nth <= 12; nth++) {
      expect((await new Browser(app).submit("/sign-in", "/sign-in", signIn)).status).toBe(303);
    }
    // The sign-up and these.
    await count("requests-of-network", "203.0.113.7", 500 - 13);
    expect((await new Browser(app).submit("/sign-in", "/sign-in", signIn)).status).toBe(429);
  });

  test("stops one network from creating accounts by the dozen, at all web processes together", async () => {
    const settings = { SIGN_UPS_LIMIT: "2" };
    const apps = [1, 2].map(() => createWebApp(database, { settings }).app);
    let created = 0;
    const signUp = (address: string, given: object = {}) => {
      const account = { ...ada, email: `p${++created}@example.com`, ...given };
      return new Browser(apps[created % 2]!, address).submit("/sign-up", "/sign-up", account);
    };
    const network = "2001:db8:7:7";
    expect((await signUp(`${network}::1`)).status).toBe(303);
    for (let nth = 1; nth <= 3; nth++) {
      expect((await signUp(`${network}::2`, { password: "short" })).status).toBe(422);
    }
    expect((await signUp(`${network}::3`)).status).toBe(303);
    for (const each of apps) {
      const refused = await signUp(`${network}::4`);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3_000);
      expect(await refused.text()).toContain("Too many accounts were created from your network.");
      const form = { email: "p1@example.com", password: ada.password };
      const known = new Browser(each, `${network}::5`);
      expect((await known.submit("/sign-in", "/sign-in", form)).status).toBe(303);
    }
    expect((await signUp("2001:db8:7:8::1")).status).toBe(303);
  });

  test("counts the attempts at all web processes together", async () => {
    const browsers = [new Browser(app), new Browser(createWebApp(database).app)];
    for (let nth = 1; nth <= 10; nth++) {
      const fields = { email: ada.email, password: "wrong password" };
      expect((await browsers[nth % 2]!.submit("/sign-in", "/sign-in", fields)).status).toBe(422);
    }
    for (const browser of browsers) {
      expect((await browser.submit("/sign-in", "/sign-in", signIn)).status).toBe(429);
    }
  });

  test("stops guesses at one email from many networks, but not its owner", async () => {
    await signedUp(app);
    await count("email", ada.email, 99);
    const guess = (network: number) => {
      const browser = new Browser(app, `198.51.100.${network}`);
      const fields = { email: ada.email.toUpperCase(), password: "a guess" };
      return browser.submit("/sign-in", "/sign-in", fields);
    };
    expect((await guess(1)).status).toBe(422);
    expect((await guess(2)).status).toBe(429);
    // She has signed up from this network.
    expect((await new Browser(app).submit("/sign-in", "/sign-in", signIn)).status).toBe(303);
  });

  test("stops guesses in a network, but not those who signed in there before", async () => {
    await signedUp(app);
    await count("network", "203.0.113.7", 50);
    const browser = new Browser(app);
    const other = { email: "bo@example.com", password: "whatever it is" };
    expect((await browser.submit("/sign-in", "/sign-in", other)).status).toBe(429);
    expect((await browser.submit("/sign-in", "/sign-in", signIn)).status).toBe(303);
  });

  test("counts a client whose proxy writes another port for each connection as one", async () => {
    const { app } = createWebApp(database, { settings: { PROXIES: "1" } });
    await count("network", "203.0.113.7", 48);
    const browser = new Browser(app, "10.0.0.9");
    const token = csrfTokenOf(await browser.text("/sign-in"));
    const guess = (nth: number) => {
      const fields = { token, email: `user${nth}`, password: "wrong password" };
      return browser.post("/sign-in", fields, { "x-forwarded-for": `203.0.113.7:${40_000 + nth}` });
    };
    const statuses = [];
    for (let nth = 1; nth <= 3; nth++) statuses.push((await guess(nth)).status);
    expect(statuses).toEqual([422, 422, 429]);
  });

  test("stops all emails at one address after fifty wrong passwords", async () => {
    await count("network", "203.0.113.7", 48);
    const browser = new Browser(app);
    const token = csrfTokenOf(await browser.text("/sign-in"));
    const guess = (nth: number) =>
      browser.post("/sign-in", { token, email: `user${nth}`, password: "wrong password" });
    for (let nth = 1; nth <= 2; nth++) expect((await guess(nth)).status).toBe(422);
    expect((await guess(3)).status).toBe(429);
  });

  test("counts successful and failed sign-ups", async () => {
    const browser = new Browser(app);
    const token = csrfTokenOf(await browser.text("/sign-up"));
    const sign = () => browser.post("/sign-up", { token, ...ada, password: "short" });
    for (let nth = 1; nth <= 10; nth++) expect((await sign()).status).toBe(422);
    const refused = await sign();
    expect(refused.status).toBe(429);
    expect(await refused.text()).toContain('value="Ada Lovelace"');
  });
});
