import type { Page } from "@playwright/test";
import { describe, expect, test } from "vitest";
import { startProxy } from "./proxy.ts";
import { isLive, patiently, says, startJob, useApplication } from "./scene.ts";

const scene = useApplication();

/** How many ticks the page shows. */
async function ticksOn(page: Page): Promise<number> {
  return Number(
    (await page.textContent('.panel [id^="progress-"] p'))?.match(/^([\d,]+) of/)?.[1] ?? 0,
  );
}

const linesOn = (page: Page): Promise<string[]> =>
  page.locator(".lines li > span").allTextContents();

/** Counts what arrives from now on; the page must be open. */
async function countFrames(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(`self.frames = 0; document.addEventListener("live:frames", () => frames++)`);
  return () => page.evaluate("frames");
}

async function stopJob(page: Page): Promise<void> {
  await page.click(".actions button:has-text('Cancel')");
  await says(page, ".panel .mark", "Cancelled");
}

describe("a job's page", () => {
  test("moves on by itself until the sentence at the end, and then stands still", async () => {
    const page = await scene.open("/jobs");
    await startJob(page, "steady", { ticks: 60, pace: 50 });
    await isLive(page);
    const seen: number[] = [];
    const titles = new Set<string>();
    while ((await page.locator(".panel.done").count()) === 0) {
      const ticks = await ticksOn(page).catch(() => 0);
      if (ticks > (seen.at(-1) ?? 0)) seen.push(ticks);
      titles.add(await page.title());
      await page.waitForTimeout(50);
    }
    await says(page, ".outcome", "Ticked 60 times");
    expect(seen.length).toBeGreaterThan(4);
    expect([...titles].some((title) => /^\(\d+%\) Steady/.test(title))).toBe(true);
    await expect.poll(() => page.title(), patiently).toBe("Steady · Headway");
    await says(page, "#announce", "Steady: Done. Ticked 60 times");
    // The buttons are those of a job that has ended.
    await page.waitForSelector(".actions button:has-text('Run again')");
    expect(await page.locator(".actions button").count()).toBe(1);
  });

  test("a stream that is cut goes on without a gap and without a repetition", async () => {
    const proxy = await startProxy(scene.port);
    const page = await scene.open("/jobs", { baseURL: proxy.url });
    await startJob(page, "steady", { ticks: 300, pace: 20 });
    await isLive(page);
    for (const silence of [0, 1_500]) {
      const before = (await linesOn(page)).length;
      await expect
        .poll(async () => (await linesOn(page)).length, patiently)
        .toBeGreaterThan(before + 2);
      proxy.closed = silence > 0;
      proxy.cut();
      await page.waitForTimeout(silence);
      proxy.closed = false;
    }
    await says(page, ".outcome", "Ticked 300 times", 25_000);
    const every = Array.from({ length: 30 }, (_, at) => `Passed ${(at + 1) * 10}`);
    await expect.poll(() => linesOn(page), patiently).toEqual(every);
    expect(proxy.requests.filter((line) => line.startsWith("GET /live?")).length).toBeGreaterThan(
      2,
    );
  });

  test("behind a proxy that keeps the stream to itself it is polled: progress within 5 s", async () => {
    const proxy = await startProxy(scene.port, { buffers: true });
    const starter = await scene.open("/jobs");
    const path = await startJob(starter, "steady", { ticks: 400, pace: 50 });
    const page = await scene.open(path, { baseURL: proxy.url });
    const before = await ticksOn(page);
    await expect
      .poll(() => ticksOn(page), { timeout: 5_000, interval: 50 })
      .toBeGreaterThan(before);
    await says(page, "#live-mark", /^Polling$/);
    await stopJob(page);
  });

  test("a click on Cancel counts though frames arrive ten times a second", async () => {
    const page = await scene.open("/jobs");
    await startJob(page, "steady", { ticks: 3_000, pace: 40, lines: 1 });
    await isLive(page);
    const frames = await countFrames(page);
    const cancel = page.locator(".actions button", { hasText: "Cancel" });
    await cancel.hover();
    const began = Date.now();
    await page.mouse.down();
    await expect.poll(frames, { ...patiently, interval: 20 }).toBeGreaterThan(10);
    expect((await frames()) / ((Date.now() - began) / 1_000)).toBeGreaterThan(7);
    await page.mouse.up();
    await says(page, ".panel .mark", "Cancelled");
  });

  test("a button keeps the focus over twenty updates, and works from the keyboard", async () => {
    const page = await scene.open("/jobs");
    await startJob(page, "steady", { ticks: 3_000, pace: 40, lines: 1 });
    await isLive(page);
    const button = page.locator(".actions button", { hasText: "Pause" });
    await button.focus();
    const id = await button.getAttribute("id");
    const frames = await countFrames(page);
    await expect.poll(frames, patiently).toBeGreaterThan(20);
    expect(await page.evaluate("document.activeElement.id")).toBe(id);
    await page.keyboard.press("Enter");
    await says(page, ".panel .mark", "Paused");
    await stopJob(page);
  });

  test("the row on the dashboard moves too, and a new job is announced and not pushed in", async () => {
    const page = await scene.open("/jobs");
    const path = await startJob(page, "steady", { ticks: 400, pace: 50 });
    const row = `#row-${path.slice("/jobs/".length)}`;
    await page.goto("/jobs");
    await isLive(page);
    const first = await page.textContent(`${row} p`);
    await expect.poll(() => page.textContent(`${row} p`), patiently).not.toBe(first);
    const rows = await page.locator(".row").count();
    const other = await (await scene.visit()).newPage();
    const second = await startJob(other, "nap", { ms: 1 });
    await says(page, "#jobs-new", "1 new job · Update list");
    expect(await page.locator(".row").count()).toBe(rows);
    await page.click("#show-new");
    await page.waitForSelector(`#row-${second.slice("/jobs/".length)}.done`);
    await page.click(`${row} .name`);
    await stopJob(page);
    await page.goto("/jobs");
    await page.waitForSelector(`${row}.cancelled`);
  });
});
