/** What people see when their account has reached a limit. */
import { afterEach, beforeEach, expect, test } from "vitest";
import contactImport from "../../jobs/contact_import.ts";
import countdown from "../../jobs/countdown.ts";
import type { Kind } from "../../server/job.ts";
import { type Browser, csrfTokenOf, signedUp } from "../support/cookie-browser.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";
import { createWebApp, type WebApp } from "../support/web-app.ts";

const catalog = new Map<string, Kind>(
  Object.entries({ countdown, contact_import: contactImport }) as unknown as [string, Kind][],
);
const none = Number.POSITIVE_INFINITY;
const limits = {
  maxStartsPerMinute: none,
  maxQueuedJobs: 1,
  maxSchedules: 2,
  maxStoredBytes: 1_000,
  maxParallelUploads: none,
  maxUnfinishedUploads: none,
  maxStreams: none,
};

let database: TestDatabase;
let app: WebApp["app"];
let browser: Browser;

beforeEach(async () => {
  database = await testDatabase();
  app = createWebApp(database, { config: { limits }, catalog }).app;
  browser = await signedUp(app);
});
afterEach(() => database.close());

const startCountdown = (from: string) =>
  browser.submit("/jobs/new/countdown", "/jobs", { type: "countdown", from });

async function upload(size: number): Promise<Response> {
  const page = await browser.text("/jobs/new/contact_import");
  const action = /action="(\/uploads[^"]+)"/.exec(page)![1]!.replaceAll("&amp;", "&");
  const body = new FormData();
  body.append("token", csrfTokenOf(page));
  body.append("file", new File([`email\n${"a".repeat(size)}`], "people.csv"));
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  return app.request(action, { method: "POST", body, headers: { cookie, host: "localhost" } });
}

test("a start beyond the limit is answered with a page that says what helps", async () => {
  const first = await startCountdown("5");
  expect(first.status).toBe(303);
  const refused = await startCountdown("6");
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  const page = await refused.text();
  expect(page).toContain("<h1>Limit reached</h1>");
  expect(page).toContain("can have 1 queued job. Wait until some have started, or cancel some.");
  await browser.submit("/settings", `${first.headers.get("location")}/cancel`);
  expect((await startCountdown("6")).status).toBe(303);
});

test("an upload without room is refused on the page that asks for the file", async () => {
  expect((await upload(600)).status).toBe(303);
  const refused = await upload(600);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  const page = await refused.text();
  expect(page).toContain("can store 1.0 kB, and this file");
  expect(page).toMatch(/<input type="file"/);
});

test("the settings show what the account uses of its limits", async () => {
  await upload(594);
  await startCountdown("5");
  const page = await browser.text("/settings");
  expect(page).toMatch(/Storage<\/b>[\s\S]*?<progress [^>]*value="0.6"[\s\S]*?600 B of 1.0 kB/);
  expect(page).toMatch(/Queued jobs<\/b>[\s\S]*?<progress [^>]*value="1"[\s\S]*?1 of 1</);
});

test("the settings show what the account uses where there is no limit", async () => {
  const config = { limits: { ...limits, maxStoredBytes: none, maxQueuedJobs: none } };
  const unlimited = createWebApp(database, { config, catalog }).app;
  const eve = await signedUp(unlimited, {
    name: "Eve",
    email: "eve@example.com",
    password: "a passphrase",
  });
  const page = await eve.text("/settings");
  expect(page).toMatch(/Storage<\/b>[\s\S]*?0 B</);
  expect(page).not.toContain("<progress");
});
