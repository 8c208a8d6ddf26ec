import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { startProxy } from "../support/failing-proxy.ts";
import { startJob, useApplication } from "../support/scene/application.ts";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";

const scene = useApplication();

/** Reads how many ticks the page shows. */
async function readTicks(page: Page): Promise<number> {
  return Number(
    (await page.textContent('.job-panel [id^="progress-"] p'))?.match(/^([\d,]+) of/)?.[1] ?? 0,
  );
}

const readLines = (page: Page): Promise<string[]> =>
  page.locator(".log-lines li > span").allTextContents();

/** Counts the frames that arrive from now on, until the page navigates. */
async function countFrames(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(`self.frames = 0; document.addEventListener("live:frames", () => frames++)`);
  return () => page.evaluate("frames");
}

async function cancelJob(page: Page): Promise<void> {
  await page.click(".actions button:has-text('Cancel')");
  await expectText(page, ".job-panel .status-badge", "Cancelled");
}

describe("a job's page", () => {
  test("a job's page updates until the final summary and then stands still", async () => {
    const page = await scene.openPage("/jobs");
    await startJob(page, "ticking", { ticks: 60, pace: 50 });
    await waitUntilLive(page);
    const seen: number[] = [];
    const titles = new Set<string>();
    while ((await page.locator(".job-panel.done").count()) === 0) {
      const ticks = await readTicks(page).catch(() => 0);
      if (ticks > (seen.at(-1) ?? 0)) seen.push(ticks);
      titles.add(await page.title());
      await page.waitForTimeout(50);
    }
    await expectText(page, ".outcome", "Ticked 60 times");
    expect(seen.length).toBeGreaterThan(4);
    expect([...titles].some((title) => /^\(\d+%\) Ticking/.test(title))).toBe(true);
    await expect.poll(() => page.title()).toBe("Ticking · Headway");
    await expectText(page, "#announce", "Ticking: Done. Ticked 60 times");
    // The buttons are those of a finished job.
    await page.waitForSelector(".actions button:has-text('Run again')");
    expect(await page.locator(".actions button").count()).toBe(1);
  });

  test("a stream that is cut resumes without missing or repeated lines", async () => {
    const proxy = await startProxy(scene.port);
    const page = await scene.openPage("/jobs", { baseURL: proxy.url });
    await startJob(page, "ticking", { ticks: 300, pace: 20 });
    await waitUntilLive(page);
    for (const outage of [0, 1_500]) {
      const before = (await readLines(page)).length;
      await expect.poll(async () => (await readLines(page)).length).toBeGreaterThan(before + 2);
      proxy.closed = outage > 0;
      proxy.dropConnections();
      await page.waitForTimeout(outage);
      proxy.closed = false;
    }
    await expectText(page, ".outcome", "Ticked 300 times");
    const every = Array.from({ length: 30 }, (_, at) => `Passed ${(at + 1) * 10}`);
    await expect.poll(() => readLines(page)).toEqual(every);
    expect(proxy.requests.filter((line) => line.startsWith("GET /live?")).length).toBeGreaterThan(
      2,
    );
  });

  test("a page behind a buffering proxy polls and shows progress", async () => {
    const proxy = await startProxy(scene.port, { buffers: true });
    const starter = await scene.openPage("/jobs");
    const path = await startJob(starter, "ticking", { ticks: 400, pace: 50 });
    const page = await scene.openPage(path, { baseURL: proxy.url });
    const before = await readTicks(page);
    await expect.poll(() => readTicks(page), { interval: 50 }).toBeGreaterThan(before);
    await expectText(page, "#live-indicator", /^Polling$/);
    await cancelJob(page);
  });

  test("a click on Cancel lands although ten frames arrive while it is pressed", async () => {
    const page = await scene.openPage("/jobs");
    await startJob(page, "ticking", { ticks: 3_000, pace: 40, lines: 1 });
    await waitUntilLive(page);
    const frames = await countFrames(page);
    const cancel = page.locator(".actions button", { hasText: "Cancel" });
    await cancel.hover();
    await page.mouse.down();
    await expect.poll(frames, { interval: 20 }).toBeGreaterThan(10);
    await page.mouse.up();
    await expectText(page, ".job-panel .status-badge", "Cancelled");
  });

  test("a focused button keeps the focus over twenty updates and works from the keyboard", async () => {
    const page = await scene.openPage("/jobs");
    await startJob(page, "ticking", { ticks: 3_000, pace: 40, lines: 1 });
    await waitUntilLive(page);
    const button = page.locator(".actions button", { hasText: "Pause" });
    await button.focus();
    const id = await button.getAttribute("id");
    const frames = await countFrames(page);
    await expect.poll(frames).toBeGreaterThan(20);
    expect(await page.evaluate("document.activeElement.id")).toBe(id);
    await page.keyboard.press("Enter");
    await expectText(page, ".job-panel .status-badge", "Paused");
    await cancelJob(page);
  });

  test("a row of the dashboard updates, and a new job is announced but not inserted", async () => {
    const page = await scene.openPage("/jobs");
    const path = await startJob(page, "ticking", { ticks: 400, pace: 50 });
    const row = `#row-${path.slice("/jobs/".length)}`;
    await page.goto("/jobs");
    await waitUntilLive(page);
    const first = await page.textContent(`${row} p`);
    await expect.poll(() => page.textContent(`${row} p`)).not.toBe(first);
    const rows = await page.locator(".job-row").count();
    const other = await (await scene.newContext()).newPage();
    const second = await startJob(other, "sleep", { ms: 1 });
    await expectText(page, "#jobs-new", /^1 new job\b.*Update list$/);
    expect(await page.locator(".job-row").count()).toBe(rows);
    await page.click("#show-new");
    await page.waitForSelector(`#row-${second.slice("/jobs/".length)}.done`);
    await page.click(`${row} .name`);
    await cancelJob(page);
    await page.goto("/jobs");
    await page.waitForSelector(`${row}.cancelled`);
  });
});
