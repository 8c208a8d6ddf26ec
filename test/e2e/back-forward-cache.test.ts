import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { signedOut, signUp, startJob, useApplication } from "../support/scene/application.ts";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";

const scene = useApplication({ backForwardCache: true });

/**
 * Goes through the history. Playwright's goBack waits for a load event, which a restored page does not
 * fire. Our pages are `no-store`: some browsers load them again, others restore them until the session
 * ends.
 */
async function goHistory(page: Page, steps: number, path: string): Promise<void> {
  await page.evaluate(`history.go(${steps})`);
  await expect.poll(() => new URL(page.url()).pathname).toBe(path);
}

async function expectProgress(page: Page): Promise<void> {
  const amount = () => page.textContent('.job-panel [id^="progress-"] p');
  const before = await amount();
  await expect.poll(amount).not.toBe(before);
}

describe("the back and forward buttons", () => {
  test("each page that is gone back to shows the current state live and leaves no stream behind", async () => {
    const page = await scene.openPage("/jobs");
    const one = await startJob(page, "ticking", { ticks: 3_000, pace: 100 });
    const two = await startJob(page, "ticking", { ticks: 3_001, pace: 100 });
    await waitUntilLive(page);
    await page.goto("/jobs");
    await waitUntilLive(page);
    await goHistory(page, -1, two);
    await waitUntilLive(page);
    await expectProgress(page);

    // More pages than a browser has connections to one host: a stream left open would block them.
    for (const path of [one, two, one, two, one, two, one, two, one]) {
      await page.goto(path, { timeout: 5_000 });
      await waitUntilLive(page);
    }
    await expectProgress(page);

    // The page shows what happened meanwhile, whether it was restored or loaded again.
    await page.goto("/contacts");
    const other = await scene.openPage(one);
    await other.click(".actions button:has-text('Cancel')");
    await expectText(other, ".job-panel .status-badge", "Cancelled");
    await goHistory(page, -1, one);
    await expectText(page, ".job-panel .status-badge", "Cancelled");
    await page.waitForSelector(".actions button:has-text('Restart')");
    await goHistory(page, -1, two);
    await expectProgress(page);
    await page.click(".actions button:has-text('Cancel')");
    await expectText(page, ".job-panel .status-badge", "Cancelled");
  });

  test("show no page of a person who has signed out", async () => {
    const page = await scene.openPage("/sign-up", signedOut);
    const name = "Grace Hopper";
    await signUp(page, { name, email: "grace@example.com", password: "analytical engine" });
    await page.goto("/contacts");
    await page.goto("/settings");
    expect(await page.content()).toContain(name);
    await page.click("#account-button");
    await page.click("text=Sign out");
    await page.waitForURL("**/sign-in");
    for (const path of ["/settings", "/contacts", "/jobs"]) {
      await page.evaluate("history.back()");
      await page.waitForURL(`**/sign-in?next=${encodeURIComponent(path)}`);
      expect(await page.content()).not.toContain(name);
    }
  });
});
