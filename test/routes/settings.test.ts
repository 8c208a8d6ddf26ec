import { afterEach, beforeEach, expect, test } from "vitest";
import { Browser, signedUp } from "../support/cookie-browser.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { createWebApp, type WebApp } from "../support/web-app.ts";

let database: TestDatabase;
let site: WebApp;

beforeEach(async () => {
  database = await testDatabase();
  site = createWebApp(database);
});
afterEach(() => database.close());

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

test("settings require a session", async () => {
  for (const path of ["", "/security", "/tokens", "/activity"]) {
    const answer = await new Browser(site.app).get(`/settings${path}`);
    expect(answer.headers.get("location")).toBe(
      `/sign-in?next=${encodeURIComponent(`/settings${path}`)}`,
    );
  }
  const browser = new Browser(site.app);
  expect((await browser.post("/settings/tokens", { name: "laptop" })).status).toBe(303);
});

test("no cache stores a page of the settings", async () => {
  const browser = await signedUp(site.app);
  for (const path of ["", "/security", "/tokens", "/activity"]) {
    const answer = await browser.get(`/settings${path}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("private, no-store");
  }
});
