import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { isLive, patiently, says, startJob, useApplication } from "./scene.ts";

const scene = useApplication({ backForwardCache: true });

/** A page out of the cache fires no load event, which the driver's own goBack waits for. */
async function travel(page: Page, steps: number, path: string): Promise<void> {
  await page.evaluate(`history.go(${steps})`);
  await expect.poll(() => new URL(page.url()).pathname, patiently).toBe(path);
}

async function movesOn(page: Page): Promise<void> {
  const amount = () => page.textContent('.panel [id^="progress-"] p');
  const before = await amount();
  await expect.poll(amount, patiently).not.toBe(before);
}

describe("Back and forward with the cache that keeps whole pages", () => {
  test("each page is live again, as it is now, and no stream is left behind", async () => {
    const page = await scene.open("/jobs");
    const one = await startJob(page, "steady", { ticks: 3_000, pace: 100 });
    const two = await startJob(page, "steady", { ticks: 3_001, pace: 100 });
    await page.evaluate(
      "addEventListener('pageshow', (event) => (self.restored = event.persisted))",
    );
    await isLive(page);
    await page.goto("/jobs");
    await isLive(page);
    await travel(page, -1, two);
    expect(await page.evaluate("self.restored")).toBe(true);
    await isLive(page);
    await movesOn(page);

    // More pages than a browser opens connections to one host: a stream left open would block.
    for (const path of [one, two, one, two, one, two, one, two, one]) {
      await page.goto(path, { timeout: 5_000 });
      await isLive(page);
    }
    await movesOn(page);

    // What happened while the page was put away is there when it comes back.
    await page.goto("/contacts");
    const other = await scene.open(one);
    await other.click(".actions button:has-text('Cancel')");
    await says(other, ".panel .mark", "Cancelled");
    await travel(page, -1, one);
    await says(page, ".panel .mark", "Cancelled");
    await page.waitForSelector(".actions button:has-text('Restart')");
    await travel(page, -1, two);
    await movesOn(page);
    await page.click(".actions button:has-text('Cancel')");
    await says(page, ".panel .mark", "Cancelled");
  });
});
