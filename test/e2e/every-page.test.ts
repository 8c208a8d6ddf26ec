import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import Papa from "papaparse";
import { beforeAll, describe, expect, test } from "vitest";
import { startProxy } from "../support/failing-proxy.ts";
import { people } from "../support/people.ts";
import { signedOut, signUp, startJob, useApplication } from "../support/scene/application.ts";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";
import { faults } from "../views/validator.ts";

const scene = useApplication();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const phone = { width: 360, height: 740 };
const wide = { width: 1280, height: 800 };

let page: Page;
let newAccount: Page;
let visitor: Page;
/** Paths with generated ids: of jobs by their display status, of a job with a log, of the mapping. */
const paths = new Map<string, string>();

beforeAll(async () => {
  const csv = join(scene.place.storageDir, "people.csv");
  await writeFile(csv, Papa.unparse(people(40)));
  [page, newAccount, visitor] = await Promise.all([
    scene.openPage("/jobs"),
    scene.openPage("/sign-up", signedOut),
    scene.openPage("/sign-in", signedOut),
  ]);
  await signUp(newAccount, { name: "Ida", email: "ida@example.com", password: "well, well" });
  for (const row of await page.locator(".job-row").all()) {
    const shown = (await row.getAttribute("class"))!.split(" ")[1]!;
    paths.set(shown, (await row.locator("a.name").getAttribute("href"))!);
  }
  paths.set("with a log", await startJob(page, "ticking", { ticks: 20, pace: 1, lines: 1 }));
  await page.goto("/contacts");
  const contact = page.locator(".responsive-table th a").first();
  paths.set("contact", (await contact.getAttribute("href"))!);
  await page.goto("/jobs/new/sleep?ms=1&repeats=every+day+at+2:30");
  await page.click("#submit");
  await page.waitForSelector("#schedule");
  await page.click("#submit");
  await page.waitForURL(/\/schedules\/[0-9a-f-]{36}$/);
  paths.set("schedule", new URL(page.url()).pathname);
  await page.goto("/jobs/new/contact_import");
  await page.setInputFiles("input[type=file]", csv);
  await page.click("#submit");
  await page.waitForSelector("#mapping");
  const mapping = new URL(page.url());
  paths.set("mapping", mapping.pathname + mapping.search);
});

/** By the name of a page: a tab that may open it, and its path. */
const pages: Record<string, () => [Page, string]> = {
  "sign-in": () => [visitor, "/sign-in?next=/contacts"],
  "sign-up": () => [visitor, "/sign-up"],
  dashboard: () => [page, "/jobs"],
  "empty dashboard": () => [newAccount, "/jobs"],
  "confirm a bulk action": () => [page, "/jobs/bulk?action=cancel"],
  "no job matches": () => [page, "/jobs?q=nothing+has+this+name"],
  "kinds of jobs": () => [page, "/jobs/new"],
  "job form": () => [page, "/jobs/new/countdown"],
  "job form with an error": () => [page, "/jobs/new/countdown?from=0"],
  "upload form": () => [page, "/jobs/new/contact_import"],
  "column mapping": () => [page, paths.get("mapping")!],
  ...Object.fromEntries(
    ["running", "paused", "scheduled", "partly-done", "failed", "cancelled", "with a log"].map(
      (shown) => [`job: ${shown}`, () => [page, paths.get(shown)!] as [Page, string]],
    ),
  ),
  "move of a job": () => [page, `${paths.get("scheduled")}/reschedule`],
  schedules: () => [page, "/schedules"],
  "no schedules": () => [newAccount, "/schedules"],
  schedule: () => [page, paths.get("schedule")!],
  "form of a schedule": () => [page, `${paths.get("schedule")}/edit`],
  contacts: () => [page, "/contacts"],
  "no contacts": () => [newAccount, "/contacts"],
  "no contact matches": () => [page, "/contacts?q=nobody+at+all"],
  contact: () => [page, paths.get("contact")!],
  "form of a contact": () => [page, `${paths.get("contact")}/edit`],
  "deletion of a contact": () => [page, `${paths.get("contact")}/delete`],
  "contact not found": () => [page, "/contacts/0"],
  settings: () => [page, "/settings"],
  "security settings": () => [page, "/settings/security"],
  "API tokens": () => [page, "/settings/tokens"],
  "security log": () => [page, "/settings/activity"],
  "password before a second factor": () => [page, "/settings/two-factor/set-up"],
  "new passkey": () => [page, "/settings/passkeys/new"],
  "second step of a sign-in": () => [visitor, "/sign-in/code?next=/contacts"],
  "page not found": () => [page, "/no/such/page"],
  "job not found": () => [newAccount, "/jobs/0190a6c0-0000-7000-8000-000000000000"],
};

describe.each(Object.entries(pages))("%s", (_name, where) => {
  test("the page's HTML is valid and has no inline script or style", async () => {
    const [tab, path] = where();
    const answer = await tab.request.get(path);
    const html = await answer.text();
    expect(await faults(html)).toEqual([]);
    expect(html).not.toMatch(/\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:/i);
    const policy = answer.headers()["content-security-policy"];
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  test("the page is accessible in light and dark, on a phone and on a wide screen", async () => {
    const [tab, path] = where();
    await tab.goto(path);
    for (const viewport of [phone, wide]) {
      await tab.setViewportSize(viewport);
      const tooWide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect(await tab.evaluate(tooWide)).toBe(0);
      for (const colorScheme of ["light", "dark"] as const) {
        await tab.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        expect(await violations(tab), `${viewport.width} px, ${colorScheme}`).toEqual([]);
      }
    }
  });
});

test("the first view of a job takes at most four requests besides the stream", async () => {
  const proxy = await startProxy(scene.port);
  const first = await scene.openPage("/jobs", { baseURL: proxy.url });
  const path = paths.get("running")!;
  const fresh = await scene.newContext({
    baseURL: proxy.url,
    storageState: await first.context().storageState(),
  });
  await first.context().close();
  proxy.requests.length = 0;
  const job = await fresh.newPage();
  await job.goto(path);
  await waitUntilLive(job);
  await expectText(job, "h1", "Countdown");
  await job.waitForTimeout(1_000);
  const streams = proxy.requests.filter((line) => line.startsWith("GET /live?"));
  expect(streams).toHaveLength(1);
  expect(proxy.requests.length - streams.length).toBeLessThanOrEqual(4);
});

/** Runs axe. @returns "rule: elements" for each violation */
async function violations(tab: Page): Promise<string[]> {
  if (!(await tab.evaluate("'axe' in self"))) await tab.evaluate(axe);
  const { violations } = await tab.evaluate<{
    violations: { id: string; nodes: { target: string[] }[] }[];
  }>("axe.run({ resultTypes: ['violations'] })");
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`,
  );
}
