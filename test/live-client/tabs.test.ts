import { describe, expect, test } from "vitest";
import { expectText, waitUntilLive } from "../support/scene/browser.ts";
import { useLiveServer } from "../support/scene/live-server.ts";

const scene = useLiveServer();

describe("several tabs of one browser", () => {
  test("ten tabs share one stream and keep receiving updates after the first one closes", async () => {
    const jobs = Array.from({ length: 10 }, () => scene.server.addJob());
    const pages = await Promise.all(jobs.map((job) => scene.openPage(job.href)));
    const tabs = jobs.map((job, place) => ({ job, page: pages[place]! }));
    await Promise.all(tabs.map(({ page }) => waitUntilLive(page)));
    await expect
      .poll(() => scene.server.streams().map(({ topics }) => topics.length))
      .toEqual([10]);

    async function expectUpdates(percentText: string): Promise<void> {
      for (const { job } of tabs) scene.server.updateJob(job.id, { percent: 61, percentText });
      await Promise.all(
        tabs.map(({ job, page }) => expectText(page, `#progress-${job.id} b`, percentText)),
      );
    }

    await expectUpdates("61 %");
    await tabs.shift()?.page.close();
    await expectUpdates("62 %");
    await expect.poll(() => scene.server.streams().map(({ topics }) => topics.length)).toEqual([9]);
    await expectUpdates("63 %");
  });

  test("a tab that joins receives the current state and its own log lines", async () => {
    const job = scene.server.addJob();
    scene.server.appendLog(job.id, "one");
    const first = await scene.openPage(job.href);
    await waitUntilLive(first);
    scene.server.appendLog(job.id, "two");
    const second = await scene.openPage(job.href);
    await waitUntilLive(second);
    scene.server.appendLog(job.id, "three");
    for (const page of [first, second]) {
      await expectText(page, ".log-lines", "three");
      const lines = await page.locator(".log-lines li > span").allTextContents();
      expect(lines).toEqual(["one", "two", "three"]);
    }
    expect(scene.server.streams().length).toBe(1);
  });

  test("a tab gets its own connection even if the one before ends first", async () => {
    const [ended, kept] = [scene.server.addJob(), scene.server.addJob()];
    const leaving = await scene.openPage(ended.href);
    const page = await scene.openPage(kept.href);
    await waitUntilLive(page);
    await expect.poll(() => scene.server.streams()[0]?.topics.length).toBe(2);
    await leaving.close();
    scene.server.send("bye", "ended");
    await expect
      .poll(() => scene.server.streams().map(({ topics }) => topics), { timeout: 10_000 })
      .toEqual([[`job:${kept.id}`]]);
  });

  test("a tab recovers after the tab whose process read the stream crashes", async () => {
    const [lost, kept] = [scene.server.addJob(), scene.server.addJob()];
    const doomed = await scene.openPage(lost.href);
    const page = await scene.openPage(kept.href);
    await waitUntilLive(page);
    const watched = () => scene.server.streams().map(({ topics }) => topics);
    await expect.poll(watched).toEqual([[`job:${lost.id}`, `job:${kept.id}`]]);

    const crash = doomed.waitForEvent("crash");
    await Promise.allSettled([doomed.goto("chrome://crash"), crash]);
    await expect.poll(watched, { timeout: 20_000 }).toEqual([[`job:${kept.id}`]]);
    scene.server.updateJob(kept.id, { percent: 61, percentText: "61 %" });
    await expectText(page, `#progress-${kept.id} b`, "61 %");
  });
});
