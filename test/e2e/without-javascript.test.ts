import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { people } from "../support/people.ts";
import { signedOut, signIn, startJob, useApplication } from "../support/scene/application.ts";
import { expectText } from "../support/scene/browser.ts";

const scene = useApplication();
const withoutScript = { javaScriptEnabled: false };

/** The link that stops or resumes reloading, inside <noscript>, where selectors find no text. */
const reloadSwitch = ".refresh noscript a";

describe("with JavaScript off", () => {
  test("a person can sign in, import a file, download the rejected rows and sign out", async () => {
    const audience = people(2_000);
    const csv = join(scene.place.storageDir, "few.csv");
    await writeFile(csv, Papa.unparse(audience));
    const page = await scene.openPage("/", { ...signedOut, ...withoutScript });
    await signIn(page);
    await page.click("#nav-new");
    await page.click("#kind-contact_import");
    await page.setInputFiles("input[type=file]", csv);
    await page.click("#submit");
    await expectText(page, "#mapping h1, h1", "Import contacts");
    await page.click("#submit");
    await expectText(page, ".outcome", "Imported 1,996 of 2,000, 4 rows rejected");
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.click(".result-files a"),
    ]);
    const text = await readFile(await file.path(), "utf8");
    expect(text.trim().split("\r\n").length).toBeGreaterThan(4);
    expect(text).toContain(audience[532]!.email);

    await page.click("#nav-contacts");
    await expectText(page, "#contact-count", "2,068 contacts");
    await page.click("#account-button");
    await page.click("text=Sign out");
    await expectText(page, "h1", "Sign in");
  });

  test("the page of a running job reloads until the person stops it", async () => {
    const page = await scene.openPage("/jobs", withoutScript);
    await startJob(page, "ticking", { ticks: 1_000, pace: 50 });
    const amount = () =>
      page.textContent('.job-panel [id^="progress-"] p').catch(() => "between two pages");
    const first = await amount();
    await expectText(page, ".refresh", "This page reloads every 2 s.");
    await expect.poll(amount).not.toBe(first);

    await page.click(reloadSwitch);
    await expectText(page, ".refresh", "This page doesn't reload by itself.");
    const loads: string[] = [];
    page.on("request", (request) => loads.push(request.url()));
    const stopped = await amount();
    await page.waitForTimeout(3_500);
    expect(loads).toEqual([]);
    expect(await amount()).toBe(stopped);

    await page.click("#check-again");
    await expect.poll(amount).not.toBe(stopped);
    await expectText(page, ".refresh", "This page doesn't reload by itself.");
    await page.click(reloadSwitch);
    await expectText(page, ".refresh", "This page reloads every");

    await page.click(".actions button:has-text('Cancel')");
    await expectText(page, ".job-panel .status-badge", "Cancelled");
    expect(await page.content()).not.toContain("http-equiv");
    expect(await page.locator("#check-again").isVisible()).toBe(false);
  });

  test("the dashboard reloads while a job runs", async () => {
    const page = await scene.openPage("/jobs", withoutScript);
    expect(await page.content()).toContain('<meta http-equiv="refresh"');
    await page.click(reloadSwitch);
    await expectText(page, ".refresh", "This page doesn't reload by itself.");
    await page.goto("/contacts");
    expect(await page.content()).not.toContain("http-equiv");
  });
});
