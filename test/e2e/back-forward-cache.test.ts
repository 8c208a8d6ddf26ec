import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { startJob, useApplication } from "../support/scene/application.ts";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";

const scene = useApplication({ backForwardCache: true });

/** Goes through the history. Playwright's goBack waits for a load event, which a restored page does not fire. */
async function goHistory(page: Page, steps: number, path: string): Promise<void> {
  await page.evaluate(`history.go(${steps})`);
  await expect.poll(() => new URL(page.url()).pathname).toBe(path);
}

async function expectProgress(page: Page): Promise<void> {
  const amount = () => page.textContent('.job-panel [id^="progress-"] p');
  const before = await amount();
  await expect.poll(amount).not.toBe(before);
}

describe("the back/forward cache", () => {
  test("each restored page shows the current state live and leaves no stream behind", async () => {
    const page = await scene.openPage("/jobs");
    const one = await startJob(page, "ticking", { ticks: 3_000, pace: 100 });
    const two = await startJob(page, "ticking", { ticks: 3_001, pace: 100 });
    await page.evaluate(
      "addEventListener('pageshow', (event) => (self.restored = event.persisted))",
    );
    await waitUntilLive(page);
    await page.goto("/jobs");
    await waitUntilLive(page);
    await goHistory(page, -1, two);
    expect(await page.evaluate("self.restored")).toBe(true);
    await waitUntilLive(page);
    await expectProgress(page);

    // More pages than a browser has connections to one host: a stream left open would block them.
    for (const path of [one, two, one, two, one, two, one, two, one]) {
      await page.goto(path, { timeout: 5_000 });
      await waitUntilLive(page);
    }
    await expectProgress(page);

    // A restored page shows what happened while it was in the cache.
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
});
