import { describe, expect, test } from "vitest";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";
import { useLiveServer } from "../support/scene/live-server.ts";

const scene = useLiveServer();

/** Counts the requests of `/live`. */
function countRequests(type: "stream" | "poll"): number {
  return scene.server.liveRequests.filter((request) => request.startsWith(type)).length;
}

describe("fallbacks of the event stream", () => {
  test("polling replaces a silent stream until the job is final", async () => {
    const job = scene.server.addJob();
    scene.server.appendLog(job.id, "one");
    scene.server.mode = "silent";
    const page = await scene.openPage(job.href);
    await page.waitForSelector("#live-indicator:text-is('Polling')");

    scene.server.updateJob(job.id, { percent: 61, percentText: "61 %" });
    scene.server.appendLog(job.id, "two");
    await expectText(page, `#progress-${job.id} b`, "61 %");
    await expectText(page, ".log-lines", "two");
    scene.server.appendLog(job.id, "three");
    await expectText(page, ".log-lines", "three");
    expect(await page.locator(".log-lines li > span").allTextContents()).toEqual([
      "one",
      "two",
      "three",
    ]);
    expect(scene.server.liveRequests.at(-1)).toBe(`poll job:${job.id} after ${job.id}:2`);
    expect(countRequests("stream")).toBe(1);
    expect(scene.server.streams()).toEqual([]);

    scene.server.pollAfter = 0;
    await page.waitForSelector("#live-indicator", { state: "hidden" });
    const polls = countRequests("poll");
    await page.waitForTimeout(2500);
    expect(countRequests("poll")).toBe(polls);
  });

  test("a poll returns nothing that all tabs have, and everything when a tab joins", async () => {
    const job = scene.server.addJob();
    scene.server.mode = "silent";
    const page = await scene.openPage(job.href);
    await page.waitForSelector("#live-indicator:text-is('Polling')");
    await expect
      .poll(() => scene.server.pollStatuses.filter((status) => status === 304).length)
      .toBe(2);
    expect(scene.server.pollStatuses[0]).toBe(200);
    await expectText(page, "#live-indicator", "Polling");

    scene.server.updateJob(job.id, { percent: 61, percentText: "61 %" });
    await expectText(page, `#progress-${job.id} b`, "61 %");
    const answers = scene.server.pollStatuses.length;
    const other = await scene.openPage(job.href);
    await expectText(other, "#live-indicator", "Polling");
    await expect.poll(() => scene.server.pollStatuses.slice(answers)).toContain(200);
  });

  test("a stream that works again ends the polling", async () => {
    // Playwright controls the clock of pages, but not of shared workers.
    await scene.context.addInitScript("delete self.SharedWorker");
    const job = scene.server.addJob();
    scene.server.mode = "silent";
    const page = await scene.context.newPage();
    await page.clock.install();
    await page.goto(job.href);
    await page.clock.fastForward(3500);
    await expectText(page, "#live-indicator", "Polling");

    scene.server.mode = "ok";
    await page.clock.fastForward(50_000);
    expect(countRequests("stream")).toBe(1);
    await page.clock.fastForward(15_000);
    await expectText(page, "#live-indicator", "Live");
    const polls = countRequests("poll");
    await page.clock.fastForward(30_000);
    expect(countRequests("poll")).toBe(polls);
    expect(scene.server.streams().length).toBe(1);
  });

  test("a new stream replaces one that fell silent", async () => {
    await scene.context.addInitScript("delete self.SharedWorker");
    const job = scene.server.addJob();
    const page = await scene.context.newPage();
    await page.clock.install();
    await page.goto(job.href);
    await waitUntilLive(page);
    const [first] = scene.server.streams();
    await page.clock.fastForward(41_000);
    await expect.poll(() => first?.response.destroyed).toBe(true);
    await page.clock.fastForward(2000);
    await expect.poll(() => scene.server.streams().length).toBe(1);
    await expectText(page, "#live-indicator", "Live");
  });

  test("a page keeps its content, is marked as stale and recovers when the server fails for a while", async () => {
    const job = scene.server.addJob();
    const page = await scene.openPage(job.href);
    await waitUntilLive(page);
    scene.server.mode = "unavailable";
    scene.server.dropConnections();
    await expectText(page, "#live-indicator", /^No updates for \d+ s · Reconnecting$/);
    expect(await page.getAttribute("#live-indicator", "data-state")).toBe("stale");
    expect(await page.textContent(`#progress-${job.id} b`)).toBe("42 %");

    scene.server.mode = "ok";
    scene.server.updateJob(job.id, { percent: 61, percentText: "61 %" });
    await waitUntilLive(page);
    await expectText(page, `#progress-${job.id} b`, "61 %");
  });

  test("a tab without a shared worker closes its stream while hidden and catches up when shown", async () => {
    await scene.context.addInitScript(`
      delete self.SharedWorker;
      Object.defineProperty(document, "hidden", { get: () => self.isHidden ?? false });
    `);
    const job = scene.server.addJob();
    const page = await scene.context.newPage();
    await page.clock.install();
    await page.goto(job.href);
    await waitUntilLive(page);
    const turn = "document.dispatchEvent(new Event('visibilitychange'))";
    await page.evaluate(`self.isHidden = true; ${turn}`);
    await page.clock.fastForward(30_000);
    expect(scene.server.streams().length).toBe(1);
    await page.clock.fastForward(32_000);
    await expect.poll(() => scene.server.streams().length).toBe(0);

    scene.server.updateJob(job.id, { percent: 61, percentText: "61 %" });
    await page.evaluate(`self.isHidden = false; ${turn}`);
    await page.clock.fastForward(1000);
    await expectText(page, `#progress-${job.id} b`, "61 %");
    await expectText(page, "#live-indicator", "Live");
  });
});
