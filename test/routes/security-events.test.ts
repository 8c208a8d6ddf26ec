import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backends } from "../support/backends.ts";
import { ada, Browser, csrfTokenOf, signedUp } from "../support/cookie-browser.ts";
import { openSite, type Site } from "../support/site.ts";

const activity = "/settings/activity";

describe.each(backends)("the security log on $name", (which) => {
  let site: Site;
  beforeEach(async () => {
    site = await openSite(which);
  });
  afterEach(() => site.close());

  const signIn = (browser: Browser, password: string, email = ada.email) =>
    browser.submit("/sign-in", "/sign-in", { email, password });

  /** The types of all events, oldest first. */
  async function types(): Promise<string[]> {
    const rows = await site.backend.db
      .selectFrom("security_events")
      .select("type")
      .orderBy("id")
      .execute();
    return rows.map(({ type }) => type);
  }

  test("has each sign-in, failure and sign-out with the device and the address", async () => {
    const browser = await signedUp(site.app);
    await browser.submit("/settings", "/sign-out");
    await signIn(new Browser(site.app, "198.51.100.4"), "not her password");
    await signIn(browser, ada.password);
    expect(await types()).toEqual(["signed_up", "signed_out", "sign_in_failed", "signed_in"]);
    const page = await browser.text(activity);
    expect(page).toContain("Failed sign-in: wrong password");
    expect(page).toContain("198.51.100.4");
    expect(page).toContain("Signed in with a password");
    expect(page).toContain("Created the account");
    expect(page).not.toContain("not her password");
  });

  test("has a wrong password on the sign-up page, which also signs in", async () => {
    await signedUp(site.app);
    const wrong = { ...ada, password: "somebody else's" };
    expect((await new Browser(site.app).submit("/sign-up", "/sign-up", wrong)).status).toBe(422);
    await signedUp(site.app);
    expect(await types()).toEqual(["signed_up", "sign_in_failed", "signed_in"]);
  });

  test("has no row for an email that nobody has", async () => {
    expect((await signIn(new Browser(site.app), "a password", "eve@example.com")).status).toBe(422);
    expect(await types()).toEqual([]);
  });

  test("has each change of a credential, without its value", async () => {
    const browser = await signedUp(site.app);
    const tokens = "/settings/tokens";
    const form = { name: "nightly <export>", password: ada.password };
    await browser.submit(tokens, tokens, { ...form, password: "not her password" });
    await browser.submit(tokens, tokens, form);
    const page = await browser.text(tokens);
    await browser.submit(tokens, /action="(\/settings\/tokens\/[^"]+\/revoke)"/.exec(page)![1]!);
    const next = "difference engine";
    const change = { current: ada.password, next };
    await browser.submit("/settings/security", "/settings/password", change);
    await signedUp(site.app, { ...ada, password: next });
    await browser.submit("/settings/security", "/settings/sessions/revoke-others");
    expect(await types()).toEqual([
      ...["signed_up", "password_failed", "token_created", "token_revoked", "password_changed"],
      ...["signed_in", "other_sessions_revoked"],
    ]);
    const events = await site.backend.db.selectFrom("security_events").selectAll().execute();
    const token = /hw_[\w-]{43}/.exec(page)![0];
    for (const secret of [token, next, ada.password, "not her password"])
      expect(JSON.stringify(events)).not.toContain(secret);
    expect(await browser.text(activity)).toContain("“nightly &lt;export&gt;”");
  });

  test("has a download once an hour, by a page or by a token", async () => {
    const { browser, userId, start } = await site.join("ada");
    const id = await start("counting");
    await site.runNext();
    const token = await site.accounts.createToken(userId, "script", { scope: "read" });
    const headers = { authorization: `Bearer ${token}` };
    const link = await browser.get(`/jobs/${id}/result`);
    const href = link.headers.get("location")!;
    for (let again = 0; again < 2; again++) expect((await browser.get(href)).status).toBe(200);
    const program = new Browser(site.app);
    expect((await program.get(href, headers)).status).toBe(200);
    expect(await types()).toEqual(["signed_up", "downloaded"]);
    expect(await browser.text(activity)).toContain("Downloaded ");
  });

  test("is shown in pages of fifty", async () => {
    const browser = await signedUp(site.app);
    const { user_id, account_id } = await site.backend.db
      .selectFrom("members")
      .selectAll()
      .executeTakeFirstOrThrow();
    const rows = Array.from({ length: 60 }, (_, nth) => ({
      ...{ id: `00000000-0000-7000-8000-0000000000${10 + nth}`, user_id, account_id },
      ...{ type: "signed_out" as const, address: "", user_agent: "", created_at: nth },
      details: null,
    }));
    await site.backend.db.insertInto("security_events").values(rows).execute();
    const first = await browser.text(activity);
    expect(first.match(/Signed out/g)).toHaveLength(49);
    const older = /href="(\/settings\/activity\?before=[^"]+)"/.exec(first)![1]!;
    const second = await browser.text(older);
    expect(second.match(/Signed out/g)).toHaveLength(11);
    expect(second).toContain(`href="/settings/activity">Newest</a>`);
    expect((await browser.get(`${activity}?before=%27`)).status).toBe(200);
    expect(csrfTokenOf(second)).toBeTruthy();
  });
});
