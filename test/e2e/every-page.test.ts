import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import Papa from "papaparse";
import { beforeAll, describe, expect, test } from "vitest";
import { faults } from "../views/validator.ts";
import { people } from "./people.ts";
import { startProxy } from "./proxy.ts";
import { isLive, says, signUp, startJob, stranger, useApplication } from "./scene.ts";

const scene = useApplication();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const phone = { width: 360, height: 740 };
const wide = { width: 1280, height: 800 };

let page: Page;
let newcomer: Page;
let visitor: Page;
/** Paths that only the application knows: of jobs by what their row shows, and of the mapping. */
const found = new Map<string, string>();

beforeAll(async () => {
  const csv = join(scene.place.storageDir, "people.csv");
  await writeFile(csv, Papa.unparse(people(40)));
  [page, newcomer, visitor] = await Promise.all([
    scene.open("/jobs"),
    scene.open("/sign-up", stranger),
    scene.open("/sign-in", stranger),
  ]);
  await signUp(newcomer, { name: "Ida", email: "ida@example.com", password: "well, well" });
  for (const row of await page.locator(".row").all()) {
    const shown = (await row.getAttribute("class"))!.split(" ")[1]!;
    found.set(shown, (await row.locator("a.name").getAttribute("href"))!);
  }
  found.set("with a log", await startJob(page, "steady", { ticks: 20, pace: 1, lines: 1 }));
  await page.goto("/jobs/new/contact_import");
  await page.setInputFiles("input[type=file]", csv);
  await page.click("#submit");
  await page.waitForSelector("#mapping");
  const mapping = new URL(page.url());
  found.set("mapping", mapping.pathname + mapping.search);
});

/** Each page by its name, and how to come to it. */
const pages: Record<string, () => [Page, string]> = {
  "sign in": () => [visitor, "/sign-in?next=/contacts"],
  "sign up": () => [visitor, "/sign-up"],
  dashboard: () => [page, "/jobs"],
  "empty dashboard": () => [newcomer, "/jobs"],
  "all that match": () => [page, "/jobs/bulk?action=cancel"],
  "nothing matches": () => [page, "/jobs?q=nothing+has+this+name"],
  "choose a kind": () => [page, "/jobs/new"],
  "form of a kind": () => [page, "/jobs/new/countdown"],
  "form with what cannot be": () => [page, "/jobs/new/countdown?from=0"],
  "choose a file": () => [page, "/jobs/new/contact_import"],
  "columns of a file": () => [page, found.get("mapping")!],
  ...Object.fromEntries(
    ["running", "paused", "scheduled", "done", "failed", "cancelled", "with a log"].map((shown) => [
      `job: ${shown}`,
      () => [page, found.get(shown)!] as [Page, string],
    ]),
  ),
  contacts: () => [page, "/contacts"],
  "no contacts": () => [newcomer, "/contacts"],
  "nobody matches": () => [page, "/contacts?q=nobody+at+all"],
  settings: () => [page, "/settings"],
  "no such page": () => [page, "/no/such/page"],
  "no such job": () => [newcomer, "/jobs/0190a6c0-0000-7000-8000-000000000000"],
};

describe.each(Object.entries(pages))("%s", (_name, where) => {
  test("as it is sent: valid, with no script or style in it", async () => {
    const [tab, path] = where();
    const answer = await tab.request.get(path);
    const html = await answer.text();
    expect(await faults(html)).toEqual([]);
    expect(html).not.toMatch(/\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:/i);
    const policy = answer.headers()["content-security-policy"];
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  test("as it is shown: open to everybody, light and dark, on a phone and wide", async () => {
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

test("the first view of a job takes four requests at most, and the stream", async () => {
  const proxy = await startProxy(scene.port);
  const first = await scene.open("/jobs", { baseURL: proxy.url });
  const path = found.get("running")!;
  const fresh = await scene.visit({
    baseURL: proxy.url,
    storageState: await first.context().storageState(),
  });
  await first.context().close();
  proxy.requests.length = 0;
  const job = await fresh.newPage();
  await job.goto(path);
  await isLive(job);
  await says(job, "h1", "Countdown");
  await job.waitForTimeout(1_000);
  const streams = proxy.requests.filter((line) => line.startsWith("GET /live?"));
  expect(streams).toHaveLength(1);
  expect(proxy.requests.length - streams.length).toBeLessThanOrEqual(4);
});

/** What axe finds, as "rule: the elements". */
async function violations(tab: Page): Promise<string[]> {
  if (!(await tab.evaluate("'axe' in self"))) await tab.evaluate(axe);
  const { violations } = await tab.evaluate<{
    violations: { id: string; nodes: { target: string[] }[] }[];
  }>("axe.run({ resultTypes: ['violations'] })");
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(", ")}`,
  );
}
