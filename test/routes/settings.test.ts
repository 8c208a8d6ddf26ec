import { afterEach, beforeEach, expect, test } from "vitest";
import { ada, Browser, signedUp, type TestApp, testApp } from "../accounts/app.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";

let database: TestDatabase;
let site: TestApp;

beforeEach(async () => {
  database = await testDatabase();
  site = testApp(database.backend);
});
afterEach(() => database.close());

function hrefs(page: string, kind: "sessions" | "tokens"): string[] {
  return [...page.matchAll(/action="(\/settings\/\w+\/[^"]+\/revoke)"/g)]
    .map(([, href]) => href!)
    .filter((href) => href.includes(`/${kind}/`));
}

test("preferences are kept, and a zone that is none is left out", async () => {
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
  expect(changed).toContain(`<option value="" selected>That of this browser</option>`);
});

test("the switch of a job's page turns the sound on and off and leads back there", async () => {
  const browser = await signedUp(site.app);
  const referer = "http://localhost/jobs/1?line=3";
  const answer = await browser.submit("/settings", "/settings/sound", { sound: "on" }, { referer });
  expect(answer.headers.get("location")).toBe("/jobs/1?line=3");
  expect(await browser.text("/settings")).toMatch(/<body [^>]* data-sound>/);
  await browser.submit("/settings", "/settings/sound", { sound: "off" }, { referer });
  expect(await browser.text("/settings")).not.toContain(" data-sound");
});

test("a device is signed out from another one", async () => {
  const phone = await signedUp(site.app);
  const desk = await signedUp(site.app);
  const [href, ...more] = hrefs(await desk.text("/settings"), "sessions");
  expect(more).toEqual([]);
  const answer = await desk.submit("/settings", href!);
  expect(answer.headers.get("location")).toBe("/settings");
  expect((await phone.get("/settings")).status).toBe(303);
  expect(await desk.text("/settings")).toContain("That device is signed out.");
  expect(await desk.text("/settings"), "shown once").not.toContain("That device is signed out.");
  expect((await desk.submit("/settings", href!)).status).toBe(404);
});

test("a token is shown once, works, and is revoked", async () => {
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
  ["", "Give it a name"],
  ["   ", "Give it a name"],
  ["x".repeat(81), "Use at most 80 characters"],
])("a token is not named %j", async (name, message) => {
  const browser = await signedUp(site.app);
  const answer = await browser.submit("/settings", "/settings/tokens", { name });
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain(message);
});

test("what belongs to others is not found", async () => {
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

test("nobody gets in without signing in", async () => {
  const browser = new Browser(site.app);
  expect((await browser.get("/settings")).headers.get("location")).toBe(
    "/sign-in?next=%2Fsettings",
  );
  expect((await browser.post("/settings/tokens", { name: "laptop" })).status).toBe(303);
});
