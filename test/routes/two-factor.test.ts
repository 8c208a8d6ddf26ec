import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { ada, Browser, signedUp } from "../support/cookie-browser.ts";
import { openSite, type Site } from "../support/site.ts";
import { totpCode } from "../support/totp.ts";

const security = "/settings/security";
const base = "/settings/two-factor";

describe.each(backends)("two-factor authentication on $name", (which) => {
  let site: Site;
  let browser: Browser;

  beforeEach(async () => {
    site = await openSite(which);
    browser = await signedUp(site.app);
  });
  afterEach(() => site.close());

  const { password } = ada;
  const secretIn = (page: string) => /id="totp-key">([A-Z2-7 ]+)</.exec(page)![1]!;
  const codesIn = (page: string) =>
    [...page.matchAll(/<li><code>([\w-]+)<\/code>/g)].map(([, code]) => code!);

  /** @returns the secret and the page with the recovery codes */
  async function setUp() {
    const begun = await browser.submit(`${base}/set-up`, `${base}/set-up`, { password });
    expect(begun.headers.get("location")).toBe(`${base}/confirm`);
    const secret = secretIn(await browser.text(`${base}/confirm`));
    const code = totpCode(secret);
    const confirmed = await browser.submit(`${base}/confirm`, `${base}/confirm`, { code });
    expect(confirmed.headers.get("location")).toBe(security);
    return { secret, page: await browser.text(security) };
  }

  async function enterPassword(visitor: Browser, next = "/contacts") {
    const form = { email: ada.email, password, next };
    return visitor.submit("/sign-in", "/sign-in", form);
  }

  const enterCode = (visitor: Browser, code: string) =>
    visitor.submit("/sign-in/code", "/sign-in/code", { code, next: "/contacts" });

  test("asks for a code after the password, and only then opens a session", async () => {
    const { secret } = await setUp();
    const visitor = new Browser(site.app, "198.51.100.4");
    const first = await enterPassword(visitor);
    expect(first.headers.get("location")).toBe("/sign-in/code?next=%2Fcontacts");
    expect((await visitor.get("/contacts")).status).toBe(303);
    const wrong = await enterCode(visitor, "000000");
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain("Wrong code");
    const code = totpCode(secret);
    const right = await enterCode(visitor, `${code.slice(0, 3)} ${code.slice(3)}`);
    expect(right.headers.get("location")).toBe("/contacts");
    expect((await visitor.get("/contacts")).status).toBe(200);
    const sessions = await site.backend.db
      .withTables<{ sessions: { ipAddress: string } }>()
      .selectFrom("sessions")
      .select("ipAddress")
      .execute();
    expect(sessions.map(({ ipAddress }) => ipAddress).toSorted()).toEqual([
      "198.51.100.4",
      "203.0.113.7",
    ]);
    const activity = await visitor.text("/settings/activity");
    expect(activity).toContain("Signed in with a code");
    expect(activity).toContain("Failed sign-in: wrong code");
  });

  test("is off after an operator has reset it, and every device is signed out", async () => {
    await setUp();
    const { accounts, backend } = site;
    const user = (await accounts.findUser(ada.email))!;
    const passkey = { id: "p", publicKey: "k", userId: user.id, credentialID: "c", counter: 0 };
    await backend.db
      .withTables<{ passkeys: Record<string, unknown> }>()
      .insertInto("passkeys")
      .values({
        ...passkey,
        deviceType: "singleDevice",
        backedUp: which.name === "sqlite" ? 0 : false,
      })
      .execute();
    const ended: string[] = [];
    const stop = accounts.onSessionEnd((id) => void ended.push(id));
    expect(await accounts.resetSecondFactors(user.id)).toEqual({
      ...{ hadTwoFactor: true, passkeys: 1, sessions: 1 },
    });
    stop();
    expect(ended).toEqual([user.id]);
    expect((await browser.get("/contacts")).status).toBe(303);
    const visitor = new Browser(site.app);
    expect((await enterPassword(visitor)).headers.get("location")).toBe("/contacts");
    const page = await visitor.text(security);
    expect(page).toContain("Off. Your password alone signs you in.");
    const nothing = { hadTwoFactor: false, passkeys: 0, sessions: 1 };
    expect(await accounts.resetSecondFactors(user.id)).toEqual(nothing);
  });

  test("asks for a code also after the sign-up form, which knows the password too", async () => {
    await setUp();
    const visitor = new Browser(site.app);
    const answer = await visitor.submit("/sign-up", "/sign-up", ada);
    expect(answer.headers.get("location")).toMatch(/^\/sign-in\/code/);
    expect((await visitor.get("/jobs")).status).toBe(303);
  });

  test("shows ten recovery codes once, of which each signs in once", async () => {
    const { page } = await setUp();
    const codes = codesIn(page);
    expect(codes).toHaveLength(10);
    expect(await browser.text(security)).not.toContain(codes[0]);
    expect(page).toContain("10 recovery codes are left");
    const visitor = new Browser(site.app);
    await enterPassword(visitor);
    expect((await enterCode(visitor, ` ${codes[3]} `)).status).toBe(303);
    expect(await visitor.text(security)).toContain("9 recovery codes are left");
    const again = new Browser(site.app);
    await enterPassword(again);
    expect((await enterCode(again, codes[3]!)).status).toBe(422);
  });

  test("stays off until a code of the app confirms it", async () => {
    await browser.submit(`${base}/set-up`, `${base}/set-up`, { password });
    const wrong = await browser.submit(`${base}/confirm`, `${base}/confirm`, { code: "000000" });
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain("Wrong code");
    expect(await browser.text(security)).toContain("Off. Your password alone signs you in.");
    expect((await enterPassword(new Browser(site.app))).headers.get("location")).toBe("/contacts");
  });

  test("cannot be changed without the password", async () => {
    const wrong = { password: "not her password" };
    const begun = await browser.submit(`${base}/set-up`, `${base}/set-up`, wrong);
    expect(begun.status).toBe(422);
    expect(await begun.text()).toContain("Wrong password");
    expect((await browser.get(`${base}/confirm`)).headers.get("location")).toBe(`${base}/set-up`);
    await setUp();
    for (const name of ["recovery-codes", "disable"]) {
      const answer = await browser.submit(`${base}/${name}`, `${base}/${name}`, wrong);
      expect(answer.status, name).toBe(422);
    }
    expect(await browser.text(security)).toContain("10 recovery codes are left");
  });

  test("gives no recovery codes to who guesses a code in an open session", async () => {
    const { secret } = await setUp();
    const code = totpCode(secret);
    const cookie = `otpauth://totp/x?secret=${secret.replaceAll(" ", "")}`;
    browser.cookies.set("headway_totp_setup", encodeURIComponent(cookie));
    const answer = await browser.submit(`${base}/confirm`, `${base}/confirm`, { code });
    expect(answer.status).toBe(422);
    expect(codesIn(await browser.text(security))).toEqual([]);
  });

  test("gets new recovery codes, and the old ones no longer sign in", async () => {
    const { page } = await setUp();
    const [old] = codesIn(page);
    await browser.submit(`${base}/recovery-codes`, `${base}/recovery-codes`, { password });
    const [fresh] = codesIn(await browser.text(security));
    expect(fresh).not.toBe(old);
    const visitor = new Browser(site.app);
    await enterPassword(visitor);
    expect((await enterCode(visitor, old!)).status).toBe(422);
    expect((await enterCode(visitor, fresh!)).status).toBe(303);
  });

  test("is turned off with the password, and its cookie ends with it", async () => {
    await setUp();
    const copied = new Browser(site.app);
    for (const [name, value] of browser.cookies) copied.cookies.set(name, value);
    await browser.submit(`${base}/disable`, `${base}/disable`, { password });
    expect(await browser.text(security)).toContain("Two-factor authentication is off.");
    expect((await copied.get(security)).status).toBe(303);
    expect((await enterPassword(new Browser(site.app))).headers.get("location")).toBe("/contacts");
  });

  test("ends a sign-in after five wrong codes, and locks the account's codes after ten", async () => {
    const { secret } = await setUp();
    const visitor = new Browser(site.app);
    const statuses: number[] = [];
    for (let round = 0; round < 2; round++) {
      await enterPassword(visitor);
      for (let nth = 0; nth < 5; nth++) statuses.push((await enterCode(visitor, "000000")).status);
      const sixth = await enterCode(visitor, totpCode(secret));
      if (round === 0) expect(sixth.headers.get("location")).toMatch(/^\/sign-in\?/);
    }
    expect(statuses).toEqual(Array.from({ length: 10 }, () => 422));
    await enterPassword(visitor);
    const locked = await enterCode(visitor, totpCode(secret));
    expect(locked.status).toBe(429);
    expect(await locked.text()).toContain("Too many wrong codes. Wait 15 minutes.");
    expect((await browser.get(security)).status, "an open session stays").toBe(200);
  });

  test("lets a code sign in once, and another one at once", async () => {
    const { secret } = await setUp();
    const code = totpCode(secret);
    const visitors = [new Browser(site.app), new Browser(site.app)];
    for (const visitor of visitors) await enterPassword(visitor);
    const answers = await Promise.all(visitors.map((visitor) => enterCode(visitor, code)));
    const places = answers.map((answer) => answer.headers.get("location")).toSorted();
    expect(places).toEqual(["/contacts", "/sign-in?next=%2Fcontacts"]);
    const pages = await Promise.all(visitors.map((visitor) => visitor.get("/contacts")));
    expect(pages.map(({ status }) => status).toSorted()).toEqual([200, 303]);
    const later = new Browser(site.app);
    await enterPassword(later);
    expect((await enterCode(later, totpCode(secret, Date.now() + 30_000))).status).toBe(303);
    expect((await later.get("/contacts")).status).toBe(200);
  });

  test("lets nobody skip the password", async () => {
    const { secret } = await setUp();
    const answer = await enterCode(new Browser(site.app), totpCode(secret));
    expect(answer.headers.get("location")).toBe("/sign-in?next=%2Fcontacts");
  });

  test("checks the code of who entered the password, though the browser has another session", async () => {
    const { secret } = await setUp();
    const eve = await signedUp(site.app, { ...ada, email: "eve@example.com" });
    const visitor = new Browser(site.app);
    await enterPassword(visitor);
    for (const [name, value] of eve.cookies) visitor.cookies.set(name, value);
    expect((await enterCode(visitor, "000000")).status).toBe(422);
    expect((await enterCode(visitor, totpCode(secret))).headers.get("location")).toBe("/contacts");
    expect(await visitor.text("/settings")).toContain(ada.email);
    expect((await eve.get("/settings")).status, "the replaced session ended").toBe(303);
  });

  test("stores neither the secret nor the recovery codes in clear", async () => {
    const { secret, page } = await setUp();
    const rows = await site.backend.db
      .withTables<{ two_factors: { secret: string } }>()
      .selectFrom("two_factors")
      .selectAll()
      .execute();
    const stored = JSON.stringify(rows);
    expect(stored).not.toContain(secret.replaceAll(" ", ""));
    for (const code of codesIn(page)) expect(stored).not.toContain(code);
  });
});
