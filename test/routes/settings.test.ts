import { afterEach, beforeEach, expect, test } from "vitest";
import { ada, Browser, signedUp } from "../support/cookie-browser.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { createWebApp, type WebApp } from "../support/web-app.ts";

let database: TestDatabase;
let site: WebApp;

beforeEach(async () => {
  database = await testDatabase();
  site = createWebApp(database);
});
afterEach(() => database.close());

function hrefs(page: string, kind: "sessions" | "tokens"): string[] {
  return [...page.matchAll(/action="(\/settings\/\w+\/[^"]+\/revoke)"/g)]
    .map(([, href]) => href!)
    .filter((href) => href.includes(`/${kind}/`));
}

test("preferences are saved, and an unknown time zone is ignored", async () => {
  const browser = await signedUp(site.app);
  const fields = { sound: "on", time_zone: "Europe/Berlin" };
  const answer = await browser.submit("/settings", "/settings/preferences", fields);
  expect(answer.headers.get("location")).toBe("/settings");
  const page = await browser.text("/settings");
  expect(page).toContain("Saved.");
  expect(page).toMatch(/<body [^>]* data-sound data-time-zone="Europe\/Berlin">/);
  expect(page).toMatch(/name="sound" value="on" checked>/);
  expect(page).toMatch(/name="open_result" value="on">/);
  expect(page).toContain(`<option value="Europe/Berlin" selected>`);
  const other = { open_result: "on", time_zone: "Europe/Atlantis" };
  await browser.submit("/settings", "/settings/preferences", other);
  const changed = await browser.text("/settings");
  expect(changed).toMatch(/<body [^>]* data-opens-result>/);
  expect(changed).toContain(`<option value="" selected>Same as this browser</option>`);
});

test("the sound switch of a job's page toggles the sound and returns to that page", async () => {
  const browser = await signedUp(site.app);
  const referer = "http://localhost/jobs/1?line=3";
  const answer = await browser.submit("/settings", "/settings/sound", { sound: "on" }, { referer });
  expect(answer.headers.get("location")).toBe("/jobs/1?line=3");
  expect(await browser.text("/settings")).toMatch(/<body [^>]* data-sound>/);
  await browser.submit("/settings", "/settings/sound", { sound: "off" }, { referer });
  expect(await browser.text("/settings")).not.toContain(" data-sound");
});

test("a session can be revoked from another device", async () => {
  const phone = await signedUp(site.app);
  const desk = await signedUp(site.app);
  const [href, ...more] = hrefs(await desk.text("/settings"), "sessions");
  expect(more).toEqual([]);
  const answer = await desk.submit("/settings", href!);
  expect(answer.headers.get("location")).toBe("/settings");
  expect((await phone.get("/settings")).status).toBe(303);
  expect(await desk.text("/settings")).toContain("Signed out on that device.");
  expect(await desk.text("/settings"), "shown once").not.toContain("Signed out on that device.");
  expect((await desk.submit("/settings", href!)).status).toBe(404);
});

test("a new token is shown once, authenticates and can be revoked", async () => {
  const browser = await signedUp(site.app);
  const answer = await browser.submit("/settings", "/settings/tokens", { name: "laptop" });
  expect(answer.status).toBe(303);
  const shown = await browser.get("/settings");
  expect(shown.headers.get("cache-control")).toBe("no-store");
  const [token] = /hw_[\w-]{43}/.exec(await shown.text())!;
  expect(await site.accounts.authenticateToken(token)).toMatchObject({ email: ada.email });
  const again = await browser.text("/settings");
  expect(again).not.toContain(token);
  expect(again).toContain("laptop");
  await browser.submit("/settings", hrefs(again, "tokens")[0]!);
  expect(await site.accounts.authenticateToken(token)).toBeNull();
});

test.each([
  ["", "Enter a name"],
  ["   ", "Enter a name"],
  ["x".repeat(81), "Use at most 80 characters"],
])("the token name %j is rejected", async (name, message) => {
  const browser = await signedUp(site.app);
  const answer = await browser.submit("/settings", "/settings/tokens", { name });
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain(message);
});

test("sessions and tokens of other people are not found", async () => {
  const browser = await signedUp(site.app);
  await browser.submit("/settings", "/settings/tokens", { name: "laptop" });
  await signedUp(site.app);
  const page = await browser.text("/settings");
  const eve = await signedUp(site.app, { ...ada, email: "eve@example.com" });
  for (const href of [...hrefs(page, "sessions"), ...hrefs(page, "tokens")]) {
    expect((await eve.submit("/settings", href)).status).toBe(404);
  }
  expect(hrefs(await browser.text("/settings"), "tokens")).toHaveLength(1);
});

test("settings require a session", async () => {
  const browser = new Browser(site.app);
  expect((await browser.get("/settings")).headers.get("location")).toBe(
    "/sign-in?next=%2Fsettings",
  );
  expect((await browser.post("/settings/tokens", { name: "laptop" })).status).toBe(303);
});
